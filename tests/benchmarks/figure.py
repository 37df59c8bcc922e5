"""One thing measured, as every benchmark tells it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One thing measured: its value, and what it is to reach, both with their unit."""

    name: str
    value: str
    reach: str = ""
