"""The settings of the library itself."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from procedure.local_time import USUAL_ZONE

FILE = "library.toml"
# The settings implied by a handbook that predates this file.
EARLIER = """\
system = "Alma"
zone = "Europe/Zurich"
holidays = "CH-GE"
languages = ["fr", "en"]
"""


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """The name of the library system, the time zone, the holidays, the languages of the words.

    - `holidays`: a country, or a country and a region (`CH-GE`); empty without public holidays.
    - `languages`: codes, the default first.
    - `follow_browser`: whether a first visit uses the browser's language, if the library has it.
    """

    system: str = "Alma"
    zone: ZoneInfo = USUAL_ZONE
    holidays: str = "CH-GE"
    languages: tuple[str, ...] = ("fr", "en", "de")
    follow_browser: bool = False
