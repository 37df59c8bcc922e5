"""Finds which day a word such as "tomorrow" or "Monday" means on a status page."""

import re
from datetime import date, timedelta

_WEEKDAYS = (
    ("monday", "lundi", "montag", "lunedì"),
    ("tuesday", "mardi", "dienstag", "martedì"),
    ("wednesday", "mercredi", "mittwoch", "mercoledì"),
    ("thursday", "jeudi", "donnerstag", "giovedì"),
    ("friday", "vendredi", "freitag", "venerdì"),
    ("saturday", "samedi", "samstag", "sonnabend", "sabato", "weekend", "week-end", "wochenende"),
    ("sunday", "dimanche", "sonntag", "domenica", "fine settimana"),
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names}
_NEAR = {
    **dict.fromkeys(("tomorrow", "demain", "morgen", "domani"), 1),
    **dict.fromkeys(
        ("kommende nacht", "nächste nacht", "la nuit prochaine", "la prossima notte"), 1
    ),
    **dict.fromkeys(("day after tomorrow", "après-demain", "übermorgen", "dopodomani"), 2),
    **dict.fromkeys(("today", "tonight", "this evening", "aujourd'hui", "ce soir"), 0),
    **dict.fromkeys(("heute", "stasera", "oggi"), 0),
    **dict.fromkeys(("yesterday", "last night", "d'hier", "hier soir", "hier matin"), -1),
    **dict.fromkeys(("gestern", "ieri"), -1),
}
_NAMES = "|".join(sorted((*_NEAR, *_WEEKDAY), key=len, reverse=True))
PATTERN = rf"(?:{_NAMES})(?:s|abend|morgen|vormittag|nachmittag|mittag|nacht)?(?!\w)"
_PAST = re.compile(
    r"(?<!\w)(?:seit|since|depuis|dal?|vom|of|de|du|di|del|last|previous|letzt\w+|vergangen\w+)\W+"
    r"(?:le |la |the )?$|(?<!\w)d'$",
    re.IGNORECASE,
)
_PAST_AFTER = re.compile(r"\W*(?:dernier|passé|scors\w|'s|last)(?!\w)", re.IGNORECASE)
# After these words, "Morgen" means the morning, not tomorrow.
_MORNING = re.compile(r"(?<!\w)(?:heute|gestern|am|jeden|diesen|guten)\W+$", re.IGNORECASE)
_COMING = re.compile(
    r"(?<!\w)(?:next|this|coming|upcoming|ce|kommend\w+|nächst\w+|diesen|prossim\w|quest\w)\W+$",
    re.IGNORECASE,
)
_COMING_AFTER = re.compile(r"\W*(?:prochain|prossim\w|next)(?!\w)", re.IGNORECASE)


def relative_day(name: str, before: str, after: str, today: date, *, ahead: bool) -> date | None:
    """Return the day that `name` means in a sentence, or None if it is ambiguous.

    `before` and `after` are the sentence's text on either side of the name, and `today` is the day
    on which the text was written. If `ahead` is true, the sentence is about the future, and a
    weekday means the next day with that name, unless a word such as "last" says otherwise.
    """
    if name.lower() == "morgen" and _MORNING.search(before):
        return None
    name = (
        re.sub(r"(?:s|abend|morgen|vormittag|nachmittag|mittag|nacht)$", "", name.lower())
        if name.lower() not in _NEAR
        else name
    )
    name = name.lower()
    if name in _NEAR:
        return today + timedelta(days=_NEAR[name])
    weekday = _WEEKDAY.get(name)
    if weekday is None:
        return None
    days = (weekday - today.weekday()) % 7
    if _PAST.search(before) or _PAST_AFTER.match(after):
        return today + timedelta(days=days - 7)
    if ahead or _COMING.search(before) or _COMING_AFTER.match(after):
        return today + timedelta(days=days)
    return None
