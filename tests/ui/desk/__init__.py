"""Browser tests of the desk page."""
