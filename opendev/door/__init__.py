"""The door: connections, bodies, static files and the queue before the page threads (docs/adr/0031)."""
