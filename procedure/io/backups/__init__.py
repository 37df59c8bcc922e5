"""The server's own backups: a folder of checked files, of which only the newest are kept."""
