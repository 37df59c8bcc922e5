"""Fixtures for the tests of the page: an application context in memory, its clock and its watch."""

import pytest

from dashboard.core.context import AppContext
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from tests.support.clock import Clock
from tests.support.context import make_context
from tests.support.still_watch import StillWatch


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
    """A context with the packaged handbook and empty stores."""
    return make_context(clock, handbook, watch=watch)
