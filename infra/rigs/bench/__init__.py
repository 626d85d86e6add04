"""`make bench`: what the house costs around the engine, and what it can carry."""
