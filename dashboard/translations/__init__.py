"""The interface's texts: French in the source, the others in gettext catalogues.

`languages` has the language of a page, `catalogues` reads its sentences; the other modules have
sentences shared by several pages.
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
