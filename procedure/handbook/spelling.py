"""Messages about misspelt keys in the handbook, and the keys that were probably meant."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from re import Pattern

# Letters of other alphabets that look like ASCII. The library's own document has such a key:
# its third step begins with a Cyrillic letter that looks like a Latin A.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅавеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXIJSaeeopcyxijsABEZHIKMNOPTYXo",
)


def to_ascii(word: str) -> str:
    """Return a word in the ASCII letters that it resembles; other characters are dropped."""
    alike = unicodedata.normalize("NFKD", word).translate(_LOOKALIKES)
    return alike.encode("ascii", "ignore").decode("ascii")


def closest(word: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that was probably meant, or None if none is close."""
    folded = {known_word.casefold(): known_word for known_word in known}
    close = get_close_matches(to_ascii(word).casefold(), sorted(folded), n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def misspelt(unknown: Iterable[str], missing: Collection[str]) -> dict[str, str]:
    """Return the missing key that each unknown key probably stands for, if any is close."""
    left, meant = list(missing), dict[str, str]()
    for key in unknown:
        if (close := closest(key, left, cutoff=0.75)) is not None:
            left.remove(close)
            meant[key] = close
    return meant


def suggest_known(word: str, known: Collection[str]) -> str:
    """Return the end of a message: the known word that was probably meant, or all known words."""
    if (close := closest(word, known)) is not None:
        return f'is "{close}" meant?'
    return f"known: {', '.join(known)}" if known else "take it out"


def describe_character(character: str) -> str:
    """Return a character with its Unicode name and number, to tell lookalikes apart."""
    name = unicodedata.name(character, "without a name")
    return f'"{character}" ({name}, U+{ord(character):04X})'


def typing_hint(key: str) -> str:
    """Return the end of a message: how to type a key in ASCII."""
    plain = to_ascii(key)
    return f"keys are ASCII: type {plain}" if plain else "keys are ASCII"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """The form a key may have, as a pattern and as a phrase for messages."""

    pattern: Pattern[str]
    description: str

    def fault(self, key: str) -> str | None:
        """Return why a key is not valid, or None."""
        foreign = next((character for character in key if not character.isascii()), None)
        if foreign is not None:
            return f'the key "{key}" holds {describe_character(foreign)}; {typing_hint(key)}'
        if not self.pattern.fullmatch(key):
            return f'"{key}" cannot be a key; {self.description}'
        return None
