"""Real servers, a real browser and a real socket for the tests. Nothing here knows a rule of the product."""
