"""The words of a fault in the papers: what is wrong with a key, and which one is meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from difflib import get_close_matches
from re import Pattern

# Letters of other alphabets that look like ASCII ones. The source's own third step is such a
# key: it begins with a Cyrillic letter that no eye tells from a Latin A.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅавеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXIJSaeeopcyxijsABEZHIKMNOPTYXo",
)


def to_ascii(word: str) -> str:
    """Spell a word with the ASCII letters that it seems to be made of; the rest is dropped."""
    alike = unicodedata.normalize("NFKD", word).translate(_LOOKALIKES)
    return alike.encode("ascii", "ignore").decode("ascii")


def nearest(word: str, known: Collection[str]) -> str:
    """Name the known word that is meant, else list what is known, ready to end a message."""
    folded = {one.casefold(): one for one in known}
    close = get_close_matches(to_ascii(word).casefold(), sorted(folded), n=1, cutoff=0.6)
    if close:
        return f'is "{folded[close[0]]}" meant?'
    return f"known: {', '.join(known)}" if known else "take it out"


def letter(character: str) -> str:
    """Name one character so that two that look alike can be told apart."""
    name = unicodedata.name(character, "without a name")
    return f'"{character}" ({name}, U+{ord(character):04X})'


def in_ascii(key: str) -> str:
    """Say how a key is to be typed, ready to end a message."""
    plain = to_ascii(key)
    return f"keys are ASCII: type {plain}" if plain else "keys are ASCII"


def misspelt_key(key: str, pattern: Pattern[str], rule: str) -> str | None:
    """Say why a key cannot be one, or None when it can; `rule` says what a key is made of."""
    foreign = next((one for one in key if not one.isascii()), None)
    if foreign is not None:
        return f'the key "{key}" holds {letter(foreign)}; {in_ascii(key)}'
    if not pattern.fullmatch(key):
        return f'"{key}" cannot be a key; {rule}'
    return None
