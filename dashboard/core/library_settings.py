"""Configures this process for a library: time zone, system name and languages."""

from pathlib import Path

from dashboard.translations.languages import offered_languages, use_library
from procedure.handbook.library import LibrarySettings
from procedure.local_time import use_zone


def apply_library_settings(library: LibrarySettings, folder: Path | None = None) -> None:
    """Apply a library's settings to this process.

    `folder` is the folder of its handbook.
    """
    use_zone(library.zone)
    use_library(library.system, library.languages, folder)


def unoffered_language(code: str) -> str:
    """Return an error message about `RELAIS_LANGUAGE`, or "" if it is valid."""
    offered = offered_languages()
    if not code or code in offered:
        return ""
    return (
        f"RELAIS_LANGUAGE={code!r}: the handbook has no words in this language, so pages are in "
        f"{offered[0]}; the handbook's languages are: {', '.join(offered)}"
    )
