"""The whole house in one process, on real parts: playground, bot, workers, SQLite. What the stories are told with."""
