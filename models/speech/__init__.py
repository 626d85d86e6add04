"""Sound and words: decoding what was recorded, hearing words in it, and speaking an answer aloud."""
