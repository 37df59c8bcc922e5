"""Month names in four languages, and abbreviations of time zones."""

from datetime import timedelta, timezone

_MONTH_NAMES = (
    ("january", "jan", "januar", "jänner", "janvier", "janv", "gennaio"),
    ("february", "feb", "februar", "février", "févr", "febbraio"),
    ("march", "mar", "märz", "mrz", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "aprile"),
    ("may", "mai", "maggio"),
    ("june", "jun", "juni", "juin", "giugno"),
    ("july", "jul", "juli", "juillet", "juil", "luglio"),
    ("august", "aug", "août", "agosto"),
    ("september", "sept", "sep", "septembre", "settembre"),
    ("october", "oct", "oktober", "okt", "octobre", "ottobre"),
    ("november", "nov", "novembre"),
    ("december", "dec", "dezember", "dez", "décembre", "déc", "dicembre"),
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
MONTH_PATTERN = "|".join(sorted(MONTHS, key=len, reverse=True))
_UTC_OFFSETS = {
    -8: "PST",
    -7: "PDT MST",
    -6: "CST MDT",
    -5: "EST CDT",
    -4: "EDT",
    0: "UTC GMT",
    1: "BST CET MEZ",
    2: "CEST MESZ",
    9: "JST",
}
ZONES = {
    name: timezone(timedelta(hours=hours))
    for hours, names in _UTC_OFFSETS.items()
    for name in names.split()
}
