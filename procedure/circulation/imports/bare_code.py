"""Removal of the characters that spreadsheets and web pages add around a code."""

# Whitespace, no-break and zero-width spaces, and text-direction marks.
_UNSEEN = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\xad\u1680\u180e"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f"
    "\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u3000\ufeff"
)


def bare(text: str) -> str:
    """Return the text without the invisible characters, `="…"` or apostrophe around it."""
    code = text.strip(_UNSEEN)
    if code.startswith('="') and code.endswith('"'):
        code = code[2:-1].strip(_UNSEEN)
    if code.startswith("'"):
        code = code.strip("'").strip(_UNSEEN)
    return code


def is_decorated(text: str) -> bool:
    return bare(text) != text.strip(" \t\r\n")
