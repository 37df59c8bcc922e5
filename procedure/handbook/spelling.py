"""Suggestions for misspelt keys in a handbook."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from re import Pattern

# Letters that look like ASCII letters. In one library's paper procedure, the name of the third step
# begins with a Cyrillic letter that looks like a Latin A.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅавеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXIJSaeeopcyxijsABEZHIKMNOPTYXo",
)


def to_ascii(word: str) -> str:
    """Replace each character with a similar ASCII character, or drop it if there is none."""
    alike = unicodedata.normalize("NFKD", word).translate(_LOOKALIKES)
    return alike.encode("ascii", "ignore").decode("ascii")


def closest(word: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that was probably meant, or None if none is close."""
    folded = {known_word.casefold(): known_word for known_word in known}
    close = get_close_matches(to_ascii(word).casefold(), sorted(folded), n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def misspelt(unknown: Iterable[str], missing: Collection[str]) -> dict[str, str]:
    """Map each unknown key to the missing key that was probably meant, if any."""
    left, meant = list(missing), dict[str, str]()
    for key in unknown:
        if (close := closest(key, left, cutoff=0.75)) is not None:
            left.remove(close)
            meant[key] = close
    return meant


def suggest_known(word: str, known: Collection[str]) -> str:
    """Return the end of a message: the word probably meant, all known words, or `remove it`."""
    if (close := closest(word, known)) is not None:
        return f'did you mean "{close}"?'
    return f"known: {', '.join(known)}" if known else "remove it"


def describe_character(character: str) -> str:
    """Return a character with its Unicode name and code point."""
    name = unicodedata.name(character, "without a name")
    return f'"{character}" ({name}, U+{ord(character):04X})'


def typing_hint(key: str) -> str:
    """Return the end of a message: how to type a key in ASCII."""
    plain = to_ascii(key)
    return f"keys must be ASCII: type {plain}" if plain else "keys must be ASCII"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """The format of keys, as a pattern and as a phrase for messages."""

    pattern: Pattern[str]
    description: str

    def fault(self, key: str) -> str | None:
        """Return the reason why a key is invalid, or None."""
        foreign = next((character for character in key if not character.isascii()), None)
        if foreign is not None:
            return f'the key "{key}" contains {describe_character(foreign)}; {typing_hint(key)}'
        if not self.pattern.fullmatch(key):
            return f'"{key}" cannot be a key; {self.description}'
        return None
