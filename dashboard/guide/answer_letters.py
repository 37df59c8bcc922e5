"""The letter on the keyboard that gives an answer: the first of its label."""

from __future__ import annotations

from collections.abc import Mapping

_TAKEN = "P"  # leads to the loans, from anywhere in the guide


def answer_letters(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the capital letter by the answer's key, given the labels in the order of the buttons.

    Of two answers that begin alike the first has the letter. One without is given by its number.
    """
    letters: dict[str, str] = {}
    for key, label in labels.items():
        letter = label.lstrip()[:1].upper()
        if letter.isalpha() and letter != _TAKEN and letter not in letters.values():
            letters[key] = letter
    return letters
