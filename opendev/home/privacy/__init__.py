"""Privacy requests: showing the data held about somebody, and erasing it."""
