"""OpenDev Companion. The version is the wheel's, and stands in each backup."""

__version__ = "0.9.0"
