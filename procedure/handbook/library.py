"""The settings in `library.toml`."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from procedure.local_time import USUAL_ZONE

FILE = "library.toml"
# The content of this file for a handbook that predates it.
EARLIER = """\
system = "Alma"
zone = "Europe/Zurich"
holidays = "CH-GE"
languages = ["fr", "en"]
"""


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """The library system, time zone, holidays and languages.

    - `holidays`: the code of a country, or of a country and a region (`CH-GE`), whose public
      holidays apply; empty for none.
    - `languages`: the codes of the languages, the default first.
    - `follow_browser`: whether a first visit uses the browser's language, if it is in `languages`.
    """

    system: str = "Alma"
    zone: ZoneInfo = USUAL_ZONE
    holidays: str = "CH-GE"
    languages: tuple[str, ...] = ("fr", "en", "de")
    follow_browser: bool = False
