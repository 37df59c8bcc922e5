"""Parses the updates in a notice, such as "Sep 4, 18:27 UTC Monitoring - A fix is in".

The vendor chooses the label from a short list, so the label alone gives the status; the words after
it are not read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LabelKind(StrEnum):
    """What a label says about its notice.

    `closed` ends the notice, `open` is an incident, and `scheduled` and `under_way` are planned
    work. `update` says only that the notice has changed.
    """

    CLOSED = "closed"
    OPEN = "open"
    SCHEDULED = "scheduled"
    UNDER_WAY = "under_way"
    UPDATE = "update"


_END = r"\s*(?:\]|:(?!\d)|\s[-–—](?:\s|$))"
_STAMP = r".{0,40}?\d[:h.]\d\d(?::\d\d)?(?:\s?(?:[A-Z]{2,4}(?:[+-]\d+)?|Uhr|h|[ap]m))?"
_LABEL = re.compile(
    rf"(?:{_STAMP})?\W*(?:(?:status|état|stato)\W+)?(?:(?:"
    r"(?P<closed>resolved|completed|closed|fixed|restored|cancell?ed|postmortem"
    r"|résolue?s?|terminée?s?|close?|rétablie?s?|annulée?s?"
    r"|behoben|gelöst|abgeschlossen|beendet|erledigt|abgesagt"
    r"|risolt[oaie]|conclus[oaie]|chius[oaie]|annullat[oaie])"
    r"|(?P<open>investigating|identified|monitoring|in untersuchung|in abklärung|identifiée?s?"
    r"|en cours d'(?:analyse|investigation)|sous surveillance|in analisi)"
    r"|(?P<scheduled>(?:scheduled|planned)(?: maintenance)?|(?:maintenance )?planifiée?s?"
    r"|geplant(?:e wartung)?|(?:manutenzione )?(?:pianificat|programmat)[oaie])"
    rf"|(?P<under_way>in progress|verifying|in arbeit|in corso)){_END}"
    r"|(?P<update>update)\s[-–—](?:\s|$))",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = re.compile(
    r"(?:(?P<month>[a-z]{3})[a-z]* (?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})\.? (?P<month2>[a-z]{3})[a-z]*)"
    r",?(?: \d{4},?)? (?:at )?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Update:
    """An update: the kind of its label, and its timestamp."""

    kind: LabelKind
    time: tuple[int, ...] | None = None


def update_of(line: str) -> Update | None:
    """Return the update that begins in this line, or None; a time may precede its label."""
    match = _LABEL.match(line.replace("’", "'"))
    if match is None or match.lastgroup is None:
        return None
    return Update(LabelKind(match.lastgroup), _time(line[: match.end()]))


def without_label(title: str) -> str:
    """Return a title without the label before it: "Resolved: Alma" becomes "Alma"."""
    return _LABEL.sub("", title.replace("’", "'"), count=1).strip()


def updates_of(lines: Iterable[str]) -> list[Update]:
    """Return the updates in a notice, newest first.

    An update's time may be on the line before its label. If the updates have no times, they are
    assumed to be newest first already.
    """
    updates, before = list[Update](), ""
    for line in lines:
        if update := update_of(line):
            updates.append(Update(update.kind, update.time or _time(before)))
        before = line
    times = [update.time for update in updates if update.time]
    # If the updates are from both January and December, January is the newer month.
    over_a_year = any(time[0] == 1 for time in times) and any(time[0] == 12 for time in times)
    ordered = sorted(times) if not over_a_year else sorted(times, key=lambda t: (t[0] != 12, t))
    return updates[::-1] if len(set(times)) > 1 and times == ordered else updates


def _time(text: str) -> tuple[int, ...] | None:
    match = _TIME.search(text[:120])
    month = match and (match["month"] or match["month2"]).casefold()
    if match is None or month not in _MONTHS:
        return None
    day, rest = match["day"] or match["day2"], (match["hour"], match["minute"], match["second"])
    return (_MONTHS.index(month) + 1, int(day), *(int(part or 0) for part in rest))
