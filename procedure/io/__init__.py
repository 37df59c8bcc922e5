"""Where the procedure meets the world: files, sockets, the database, the clock."""
