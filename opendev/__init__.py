"""OpenDev Companion. The version is the wheel's, a backup's and the one that `manage.py version` prints."""

__version__ = "0.9.0"
