"""Passwords of local accounts: argon2id, with the parameters of argon2-cffi (RFC 9106)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from procedure.errors import AccountRefused

SHORTEST, LONGEST = 12, 200  # characters

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return the hash to store, which takes some tens of milliseconds, as does checking it.

    Raises:
        AccountRefused: the password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountRefused(
            f"A password has {SHORTEST} to {LONGEST} characters; four words are a good one. "
            "Nothing was changed."
        )
    return _HASHER.hash(password)


def is_password(password: str, stored: str) -> bool:
    """Return whether a password matches a stored hash.

    Without a hash it takes just as long, so that nobody learns which names have an account.
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
