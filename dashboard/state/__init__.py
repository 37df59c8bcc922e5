"""The procedure's state as parameters; no widget lives here."""
