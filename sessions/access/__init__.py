"""Who signs in: links, tokens of programs, and what an open sign-in rests on. It knows users alone."""
