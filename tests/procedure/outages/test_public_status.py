"""What the public reads of the declared outages, and what it never does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.circulation.scan_rules import ScanRules
from procedure.io.handbook_files import load_handbook
from procedure.outages.declared_outage import (
    OutageDeclared,
    OutageEnded,
    OutageLog,
    OutageNews,
    OutageNote,
)
from procedure.outages.public_status import PublicMessage, PublicOutage, public_outages
from procedure.records.sources import PACKAGED_HANDBOOK
from tests.support.memory import recorded

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDED, STANDS = UUID(int=1), UUID(int=2)
BY = {"workstation": "MAIL-1", "operator": "mb"}
ENTRIES = (
    OutageDeclared(id=ENDED, at=AT - 2 * DAY, title="Work", begun=AT - 2 * DAY, planned=True, **BY),
    OutageEnded(id=UUID(int=3), at=AT - DAY, outage=ENDED, ended=AT - DAY - HOUR, **BY),
    OutageDeclared(
        id=STANDS, at=AT, title="Alma, card 2060000017", begun=AT - HOUR, suspected="alma", **BY
    ),
    OutageNews(
        id=UUID(int=4),
        at=AT,
        outage=STANDS,
        message="Lend\x00 in\nRelais.",
        next_news=AT + HOUR,
        **BY,
    ),
    OutageNote(id=UUID(int=5), at=AT, outage=STANDS, text="Mrs. Rey called.", **BY),
    OutageNews(id=UUID(int=6), at=AT + HOUR, outage=STANDS, message="", lending=False, **BY),
    OutageNews(
        id=UUID(int=7),
        at=AT + HOUR,
        outage=STANDS,
        message="Still out.",
        next_news=AT + 2 * HOUR,
        **BY,
    ),
)


@pytest.fixture(scope="module")
def rules() -> ScanRules:
    return load_handbook(PACKAGED_HANDBOOK).scans


def public(rules: ScanRules, now: datetime) -> tuple[PublicOutage, ...]:
    log = OutageLog()
    log.extend(recorded(*ENTRIES))
    return public_outages(log.records(), rules, now)


def test_public_has_titles_times_and_messages_only(rules: ScanRules) -> None:
    lasting = PublicOutage(
        STANDS,
        "Alma, card […]",
        planned=False,
        begun=AT - HOUR,
        ended=None,
        next_news=AT + 2 * HOUR,
        messages=(
            PublicMessage(UUID(int=7), AT + HOUR, "Still out."),
            PublicMessage(UUID(int=4), AT, "Lend in Relais."),
        ),
    )
    over = PublicOutage(ENDED, "Work", True, AT - 2 * DAY, AT - DAY - HOUR, None, ())
    assert public(rules, AT + HOUR) == (lasting, over)


def test_public_keeps_an_ended_outage_for_thirty_days(rules: ScanRules) -> None:
    assert [one.id for one in public(rules, AT + 28 * DAY)] == [STANDS, ENDED]
    assert [one.id for one in public(rules, AT + 29 * DAY)] == [STANDS]
