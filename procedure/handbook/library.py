"""What the library is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from procedure.local_time import USUAL_ZONE

FILE = "library.toml"
# What a handbook from before this file says by it.
EARLIER = """\
system = "Alma"
zone = "Europe/Zurich"
holidays = "CH-GE"
languages = ["fr", "en"]
"""


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """The name of the library system, the time zone, the holidays, the languages of the words.

    `holidays` is a country and perhaps a part of it (`CH-GE`), empty where no day is one.
    `languages` are codes, the usual one first. With `follow_browser` a first visit is in the
    language of its browser, where that is one of them.
    """

    system: str = "Alma"
    zone: ZoneInfo = USUAL_ZONE
    holidays: str = "CH-GE"
    languages: tuple[str, ...] = ("fr", "en", "de")
    follow_browser: bool = False
