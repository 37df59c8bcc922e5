"""The days on which a contact in Geneva is away although the paper names the weekday."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays


def geneva_holidays(years: Iterable[int]) -> frozenset[date]:
    """Return the public holidays of the canton of Geneva in these years, as local dates."""
    return frozenset(holidays.country_holidays("CH", subdiv="GE", years=list(years)))
