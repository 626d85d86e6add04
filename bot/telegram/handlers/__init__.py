"""What Heed does with each kind of update: one file a kind. A handler is a function of a `Scene` and does no I/O."""
