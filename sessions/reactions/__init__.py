"""Reactions and pace: taps of people in the room while somebody speaks. They are never stored."""
