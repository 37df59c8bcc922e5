"""Fixtures for the tests of the intake."""

import pytest

from dashboard.core.context import AppContext
from tests.support.intake import Desk


@pytest.fixture
def desk(context: AppContext) -> Desk:
    return Desk(context)
