"""Passwords of local accounts, hashed with argon2id, using argon2-cffi's defaults (RFC 9106)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from procedure.errors import AccountRefused

SHORTEST, LONGEST = 12, 200  # characters

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the hash of a password. Hashing and checking take tens of milliseconds.

    Raises:
        AccountRefused: the password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountRefused(
            f"A password must have {SHORTEST} to {LONGEST} characters; four words make a good one. "
            "Nothing was changed."
        )
    return _HASHER.hash(password)


def is_password(password: str, stored: str) -> bool:
    """Return whether a password matches a stored hash.

    Checking against an empty `stored` takes just as long, so the time does not reveal which names
    have accounts.
    """
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(stored or _of_nobody(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _of_nobody() -> str:
    return _HASHER.hash("nobody has this password")
