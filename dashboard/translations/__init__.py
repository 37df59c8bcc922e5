"""The interface's texts: French in the source, English in a gettext catalogue.

`languages` has the language of a page, the other modules sentences that several pages show.
"""

from dashboard.translations.languages import SOURCE, Language, language

__all__ = ["SOURCE", "Language", "language"]
