"""Pseudonyms, which replace deleted identifiers."""

import re
from hashlib import blake2s

MARK = "~"
_PSEUDONYM = re.compile(rf"{MARK}[0-9a-f]{{16}}")


def pseudonym(identifier: str, key: bytes) -> str:
    """Return the pseudonym of an identifier: `~` and 16 hexadecimal digits.

    An empty string or a pseudonym is returned unchanged. Equal identifiers have equal pseudonyms
    under the same key (at most 32 bytes).
    """
    if not identifier or is_pseudonym(identifier):
        return identifier
    return f"{MARK}{blake2s(identifier.encode(), key=key, digest_size=8).hexdigest()}"


def is_pseudonym(identifier: str) -> bool:
    """Return whether this is the pseudonym of a deleted identifier."""
    return _PSEUDONYM.fullmatch(identifier) is not None
