"""One estimate out of what was read from words, voice and face."""
