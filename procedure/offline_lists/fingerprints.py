"""Fingerprints: what a list holds in the place of an identifier."""

import hmac

KEY_SIZE = 32  # bytes
FINGERPRINT_SIZE = 8  # bytes


def normalized(identifier: str) -> str:
    """Return the identifier as lists compare it: trimmed, in capital letters.

    So a scan is found whichever way the source, the scanner or the handbook writes its letters.
    """
    return identifier.strip().upper()


def digest(key: bytes, identifier: str) -> bytes:
    """Return the HMAC-SHA-256 of an identifier: 32 bytes."""
    return hmac.digest(key, normalized(identifier).encode("utf-8", "replace"), "sha256")


def fingerprint(key: bytes, identifier: str) -> int:
    """Return the first eight bytes of the digest, as a number."""
    return int.from_bytes(digest(key, identifier)[:FINGERPRINT_SIZE])
