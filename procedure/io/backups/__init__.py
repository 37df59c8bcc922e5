"""The server's own backups: a folder of checked files, of which a number is kept."""
