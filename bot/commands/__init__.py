"""The subcommands of `heed`, one file a group. A module here imports only what is light; the rest when it runs."""
