"""What a notice is about: the words of its title that are neither our name, tone nor filler."""

from __future__ import annotations

import re

from procedure.status_pages.feed import ParserContext

_FILLER = frozenset(
    {
        *("an", "of", "on", "in", "at", "to", "or", "is", "be", "by", "it", "the", "and", "for"),
        *("with", "all", "are", "was", "were", "has", "have", "had", "been", "now", "our"),
        *("system", "systems", "service", "services", "update", "updated", "status", "notice"),
        *("state", "production", "hep"),
        *("de", "du", "la", "le", "et", "au", "les", "une", "un", "des", "sur", "en", "pour"),
        *("avec", "est", "sont", "été", "aux", "tous", "toutes", "système", "systèmes"),
        *("état", "point", "mise", "jour", "cours"),
        *("der", "die", "das", "den", "dem", "und", "mit", "auf", "für", "im", "am", "ist"),
        *("sind", "wurde", "wurden"),
        *("il", "lo", "di", "gli", "del", "della", "per", "con", "sono", "stato"),
    }
)
# Days and times differ between two notices of one trouble; the number of a case does not.
_NO_DATE = re.compile(r"\d{1,2}|(?:19|20)\d\d|\d{1,2}h\d{0,2}")


def subject_of(title: str, lens: ParserContext) -> frozenset[str]:
    """Return the telling words of a title; none when it speaks of the component as a whole."""
    rest = lens.keywords.without_tone(lens.components.without(title)).casefold()
    return frozenset(
        word
        for word in re.findall(r"\w+", rest)
        if word not in _FILLER and len(word) > 1 and not _NO_DATE.fullmatch(word)
    )
