"""The log of refused writes: one line a minute for each reason, and no identifier."""

from __future__ import annotations

import pytest

from procedure.errors import JournalUnwritable
from procedure.refusal_log import MOST_REASONS, RefusalLog, loggable


def test_add_returns_a_reason_at_once_and_then_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = RefusalLog("Not written")
    for second in range(130):
        log.add("the disk is full", 2, float(second))
    log.add("the disk is damaged", 1, 130.0)
    assert caplog.messages == [
        "Not written (2): the disk is full",
        "Not written (120): the disk is full",
        "Not written (120): the disk is full",
        "Not written (1): the disk is damaged",
    ]


def test_add_forgets_all_reasons_beyond_a_bound(caplog: pytest.LogCaptureFixture) -> None:
    log = RefusalLog("Not written")
    for number in range(MOST_REASONS):
        log.add(str(number), 1, 0.0)
    log.add("0", 5, 1.0)
    assert len(caplog.messages) == MOST_REASONS
    log.add("one more", 1, 1.0)
    log.add("0", 1, 1.0)
    assert caplog.messages[MOST_REASONS:] == ["Not written (1): one more", "Not written (1): 0"]


def test_loggable_is_only_the_type_of_an_unknown_error() -> None:
    assert loggable(ValueError("patron 2070000001")) == "ValueError"
    assert loggable(JournalUnwritable("The disk is full.")) == "The disk is full."
