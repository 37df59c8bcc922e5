"""Text from a browser."""


def well_formed(text: str) -> str:
    """Return the text with U+FFFD for each lone surrogate, which no database can store."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
