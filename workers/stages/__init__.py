"""What happens to a turn, one file a stage. A stage takes the context, adds to it, and raises to stop."""
