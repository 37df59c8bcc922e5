"""The words of the `relais` command, one file a group."""
