"""The interface's texts: French in the source, other languages in gettext catalogues.

`catalogues` reads the translations, `languages` uses them for a page in one language, and the
other modules have sentences that several pages share.
"""

from dashboard.translations.catalogues import SOURCE
from dashboard.translations.languages import (
    Language,
    accepted_languages,
    language,
    offered_language,
    offered_languages,
    upper_first,
)

__all__ = [
    "SOURCE",
    "Language",
    "accepted_languages",
    "language",
    "offered_language",
    "offered_languages",
    "upper_first",
]
