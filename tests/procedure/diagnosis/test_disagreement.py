"""Disagreement between our readings and the status pages."""

import pytest

from procedure.diagnosis.disagreement import Disagreement, Dispute, Share, official_against_observed
from procedure.monitoring.model import Status
from procedure.status_pages.status import PageStatus
from tests.support.readings import NOW, read_by_feed, read_by_staff

UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN


def test_official_against_observed_reports_a_silent_vendor() -> None:
    readings = [read_by_feed(PageStatus.OK), read_by_feed(PageStatus.OK, target="slsp-psi")]
    assert official_against_observed(readings, [DOWN, DOWN, DOWN], NOW) == Disagreement(
        Dispute.SILENT, Share(0, 2), Share(3, 3)
    )


def test_official_against_observed_reports_an_unseen_incident() -> None:
    readings = [read_by_feed(PageStatus.INCIDENT), read_by_staff(PageStatus.OK, target="slsp-psi")]
    assert official_against_observed(readings, [UP, SLOW, UNKNOWN], NOW) == Disagreement(
        Dispute.NOT_SEEN, Share(1, 2), Share(0, 2)
    )


@pytest.mark.parametrize(
    ("words", "statuses"),
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
def test_official_against_observed_is_none_without_a_contradiction(
    words: list[PageStatus], statuses: list[Status]
) -> None:
    readings = [read_by_feed(word, target=f"page-{n}") for n, word in enumerate(words)]
    assert official_against_observed(readings, statuses, NOW) is None


def test_official_against_observed_needs_most_observations_to_fail() -> None:
    view = official_against_observed([read_by_feed(PageStatus.OK)], [DOWN, DOWN, UP, UNKNOWN], NOW)
    assert view == Disagreement(Dispute.SILENT, Share(0, 1), Share(2, 3))
    assert official_against_observed([read_by_feed(PageStatus.OK)], [DOWN, UP, UP], NOW) is None


def test_official_against_observed_accepts_planned_work_of_another_page() -> None:
    readings = [read_by_feed(PageStatus.OK), read_by_feed(PageStatus.PLANNED, target="slsp-psi")]
    assert official_against_observed(readings, [DOWN], NOW) is None


def test_official_against_observed_uses_the_newest_known_reading_of_a_page() -> None:
    readings = [
        read_by_feed(PageStatus.OK, 2),
        read_by_feed(PageStatus.INCIDENT, 6),
        read_by_feed(PageStatus.UNKNOWN, 1),
        read_by_feed(PageStatus.OK, 20),
    ]
    assert official_against_observed(readings, [DOWN], NOW) == Disagreement(
        Dispute.SILENT, Share(0, 1), Share(1, 1)
    )
