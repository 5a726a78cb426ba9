"""Addresses of sockets."""

from typing import Any

from django.urls import path

from opendev.room.consumers import RoomConsumer

room: Any = RoomConsumer.as_asgi()
urlpatterns: list[Any] = [
    path("ws/sessions/<int:session>/", room),
    path("ws/sessions/<int:session>/embed/<str:link>/", room),
]
