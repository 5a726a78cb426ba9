"""Sign-in: links, API tokens, and the grounds of open sockets. It only knows users."""
