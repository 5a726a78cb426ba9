"""What the driver plays: each scene is a coroutine that takes a plain specification and returns plain figures."""
