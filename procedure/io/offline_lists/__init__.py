"""The lists of accounts and items on the disk: importing and storing them."""
