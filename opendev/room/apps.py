"""The room: control room, attendees' page and screen, composed of the apps."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    name = "opendev.room"
    label = "opendev_room"
