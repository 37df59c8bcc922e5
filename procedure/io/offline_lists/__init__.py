"""The lists of accounts and items on the disk: where they come from, and where they are kept."""
