"""Sentences, and parts of them, that several features use."""

from __future__ import annotations

from dashboard.translations import Language


def lower_first(sentence: str) -> str:
    """Return a sentence with the small first letter that it has after a colon."""
    return sentence[:1].lower() + sentence[1:]


def in_words(number: int, language: Language) -> str:
    """Return a small number as a word; a larger one stays a figure."""
    say = language.say
    spelled = {2: say("deux"), 3: say("trois"), 4: say("quatre"), 5: say("cinq"), 6: say("six")}
    return spelled.get(number) or language.number(number)


def to_bring_text(count: int, language: Language) -> str:
    """Return how many loans wait to be brought into Alma; empty when none does."""
    if not count:
        return ""
    return language.plural(
        "{count} prêt à ramener dans Alma.", "{count} prêts à ramener dans Alma.", count
    )
