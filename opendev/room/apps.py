"""The room: control, attendees' page and screen, made of what the apps offer."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    name = "opendev.room"
    label = "opendev_room"
