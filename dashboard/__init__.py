"""The user interface: the page, its state, the `relais` command, and its views in a notebook.

Nothing here decides what a probe or a loan means: that is `procedure`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.notebook_api import (
        GuideView,
        HistoryView,
        LoanLogView,
        ProbeGridView,
        open_session,
    )

__all__ = ["GuideView", "HistoryView", "LoanLogView", "ProbeGridView", "open_session"]


def __getattr__(name: str) -> object:
    # Only when asked for: most commands need no Panel, which takes a second to import.
    if name in __all__:
        return getattr(import_module("dashboard.notebook_api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
