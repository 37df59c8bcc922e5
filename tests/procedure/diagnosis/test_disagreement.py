"""Whether we see what the status pages say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.diagnosis.disagreement import Disagreement, Dispute, Share, official_against_observed
from procedure.monitoring.model import Status
from procedure.status_pages.readings import (
    PageStatusReadByStaff,
    Reading,
    feed_reading,
    person_reading,
)
from procedure.status_pages.status import PageReport, PageStatus, UnreadReason

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def fed(word: PageStatus, minutes: float = 1, target: str = "exlibris-status") -> Reading:
    reason = UnreadReason.SYNTAX if word is PageStatus.UNKNOWN else None
    said = PageReport(word, reason=reason)
    return feed_reading(target, "statuspage", said, at=ago(minutes), interval=INTERVAL)


def taken(word: PageStatus, minutes: float = 1, target: str = "exlibris-status") -> Reading:
    return person_reading(
        PageStatusReadByStaff(UUID(int=1), ago(minutes), target, word, "CMU-3", "mb")
    )


def test_silence_of_the_vendor_is_named_with_both_counts() -> None:
    readings = [fed(PageStatus.OK), fed(PageStatus.OK, target="slsp-psi")]
    assert official_against_observed(readings, [DOWN, DOWN, DOWN], NOW) == Disagreement(
        Dispute.SILENT, Share(0, 2), Share(3, 3)
    )


def test_an_incident_that_nobody_sees_is_named() -> None:
    readings = [fed(PageStatus.INCIDENT), taken(PageStatus.OK, target="slsp-psi")]
    assert official_against_observed(readings, [UP, SLOW, UNKNOWN], NOW) == Disagreement(
        Dispute.NOT_SEEN, Share(1, 2), Share(0, 2)
    )


@pytest.mark.parametrize(
    ("words", "verdicts"),
    [
        ([PageStatus.OK], [UP, SLOW]),
        ([PageStatus.OK], [DOWN, UP]),
        ([PageStatus.INCIDENT], [DOWN, UP]),
        ([PageStatus.PLANNED], [DOWN, DOWN]),
        ([PageStatus.PLANNED], [UP]),
        ([PageStatus.OK], []),
        ([PageStatus.OK], [UNKNOWN]),
        ([PageStatus.UNKNOWN], [DOWN]),
        ([], [DOWN]),
    ],
)
def test_agreement_or_ignorance_is_no_disagreement(
    words: list[PageStatus], verdicts: list[Status]
) -> None:
    readings = [fed(word, target=f"page-{n}") for n, word in enumerate(words)]
    assert official_against_observed(readings, verdicts, NOW) is None


def test_most_observations_must_fail_before_the_vendor_is_called_silent() -> None:
    said = official_against_observed([fed(PageStatus.OK)], [DOWN, DOWN, UP, UNKNOWN], NOW)
    assert said == Disagreement(Dispute.SILENT, Share(0, 1), Share(2, 3))
    assert official_against_observed([fed(PageStatus.OK)], [DOWN, UP, UP], NOW) is None


def test_planned_work_on_another_page_explains_a_failure() -> None:
    readings = [fed(PageStatus.OK), fed(PageStatus.PLANNED, target="slsp-psi")]
    assert official_against_observed(readings, [DOWN], NOW) is None


def test_only_the_newest_telling_word_of_each_page_and_source_counts() -> None:
    readings = [
        fed(PageStatus.OK, 2),
        fed(PageStatus.INCIDENT, 6),
        fed(PageStatus.UNKNOWN, 1),
        fed(PageStatus.OK, 20),
    ]
    assert official_against_observed(readings, [DOWN], NOW) == Disagreement(
        Dispute.SILENT, Share(0, 1), Share(1, 1)
    )
