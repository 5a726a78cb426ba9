"""Reactions and pace: what people in the room tap while somebody speaks. Nothing of it is ever written down."""
