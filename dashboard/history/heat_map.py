"""The minutes without Alma, by weekday and hour: figures first, then their colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboard.translations import Language
from dashboard.ui.templating import render
from procedure.monitoring.heatmap import DAYS, HOURS, HeatMapHour, worst_hour
from procedure.outages.ninety_days import NinetyDays

MINUTE = timedelta(minutes=1)
LEVELS = (15 * MINUTE, 40 * MINUTE)  # from which a cell is of the middle colour, and of the last


@dataclass(frozen=True, slots=True)
class HeatMapCell:
    """A cell as it is drawn: its colour's name, its figure, and the text where none is."""

    kind: str
    figure: str
    unseen: str


def heat_map(ninety_days: NinetyDays | None, language: Language, *, fault: bool) -> str:
    """Return the HTML of the map, or of why there is none yet."""
    cells = None if ninety_days is None else ninety_days.heat
    values: dict[str, Any] = {
        "fault": fault,
        "waits": ninety_days is None,
        "rows": [],
        "known": False,
    }
    if cells is not None:
        down = sum((cell.down for cell in cells.values()), timedelta())
        values |= {
            "known": any(cell.known for cell in cells.values()),
            "rows": [
                (language.weekday_name(day), [_box(cells[day, hour], language) for hour in HOURS])
                for day in DAYS
            ],
            "down": language.duration(down) if down else "",
            "worst": _worst(ninety_days, language),
        }
    return render("history/heat_map", language, hours=HOURS, **values)


def _box(cell: HeatMapHour, language: Language) -> HeatMapCell:
    say = language.say
    if not cell.known:
        return HeatMapCell("x", "", say("jamais relevé"))
    if not cell.down:
        return HeatMapCell("0", "", "0")
    minutes = cell.down // MINUTE
    level = 1 + sum(cell.down >= least for least in LEVELS)
    return HeatMapCell(str(level), str(minutes) if minutes else "<\u202f1", "")


def _worst(ninety_days: NinetyDays | None, language: Language) -> str:
    if ninety_days is None or ninety_days.heat is None:
        return ""
    key = worst_hour(ninety_days.heat)
    if key is None:
        return ""
    day, hour = key
    return language.say(
        "{day} de {begin} h à {end} h ({length})",
        day=language.weekday_name(day, whole=True),
        begin=hour,
        end=hour + 1,
        length=language.duration(ninety_days.heat[key].down),
    )
