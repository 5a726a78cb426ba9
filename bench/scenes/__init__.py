"""The driver's scenes: each is a coroutine that takes a plain specification and returns plain figures."""
