"""The server's own backups: a folder of checked files; only the newest files are kept."""
