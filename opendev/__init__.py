"""OpenDev Companion. The version is the wheel's, and is part of each backup."""

__version__ = "0.9.0"
