"""What the tests of the page share: an application context over memory, with a clock and a watch of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dashboard.settings import PACKAGED_HANDBOOK, Settings
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from tests.support.clock import Clock
from tests.support.memory import MemoryHistory, MemoryJournal, MemoryNotes
from tests.support.still_watch import StillWatch
from tests.support.stores import empty_accounts

if TYPE_CHECKING:
    from dashboard.core.context import AppContext


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def handbook() -> Handbook:
    return load_handbook(PACKAGED_HANDBOOK)


@pytest.fixture
def watch(clock: Clock, handbook: Handbook) -> StillWatch:
    return StillWatch(clock, dict(handbook.targets))


@pytest.fixture
def context(clock: Clock, watch: StillWatch, handbook: Handbook) -> AppContext:
    """The packaged handbook over a memory that holds nothing yet."""
    from dashboard.core.context import AppContext

    settings = Settings(database_url="sqlite://")
    return AppContext(
        settings,
        handbook,
        MemoryJournal(clock),
        MemoryHistory(),
        watch,
        clock,
        MemoryNotes(),
        empty_accounts(),
    )
