"""From what the watch sees to a text that arrives, once, whatever fails in between."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from dashboard.core.context import AppContext
from dashboard.outage.alert_sending import Alerts
from procedure.errors import JournalUnwritable
from procedure.io.uuid7 import new_uuid7
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.alerts import AlertSent
from tests.support import make

ALMA = ("alma-saml", "alma-secours")


@dataclass
class Channels:
    """Two channels that take texts, except those named in `failing`."""

    received: list[str] = field(default_factory=list)
    failing: Sequence[str] = ()

    def __len__(self) -> int:
        return 2

    async def send(self, title: str, body: str) -> tuple[str, ...]:
        assert title == "Relais"
        if len(self.failing) < len(self):
            self.received.append(body)
        return tuple(self.failing)


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def alerts(context: AppContext, channels: Channels) -> Alerts:
    return Alerts(context, channels)


def see(watch, status: Status) -> None:
    for key in watch.targets:
        watch.see_enough(key, Status.UP)
    for key in ALMA:
        cause = FailureCause.TIMEOUT if status is Status.DOWN else None
        watch.see_enough(key, status, cause=cause)


async def test_alert_of_a_service_that_fails_and_recovers(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels
) -> None:
    see(watch, Status.UP)
    await alerts.send_due()
    see(watch, Status.DOWN)
    for _ in range(3):
        await alerts.send_due()
        clock.pass_by(seconds=10)
    assert channels.received == ["Accès à Alma\u202f: ne répond plus depuis 11:59."]
    see(watch, Status.UP)
    await alerts.send_due()
    assert channels.received[1:] == ["Accès à Alma\u202f: répond de nouveau."]
    sent = [record.entry for record in context.journal.since(kinds=(AlertSent.KIND,))]
    assert [(one.concern, one.news) for one in sent] == [
        ("service/A4", "begins"),
        ("service/A4", "over"),
    ]


async def test_alert_of_a_suspected_outage_until_it_is_declared(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels
) -> None:
    see(watch, Status.DOWN)
    await alerts.send_due()
    for _ in range(4):
        clock.pass_by(minutes=1)
        see(watch, Status.DOWN)
        await alerts.send_due()
    expected = "Panne supposée depuis 12:00\u202f: Alma. Personne ne l’a déclarée."
    assert channels.received[1:] == [expected]
    context.journal.append(make.outage(new_uuid7(), at=clock.at))
    await alerts.send_due()
    assert channels.received[1:] == [expected]


async def test_alert_of_planned_work_a_day_before_without_an_identifier(
    context: AppContext, clock, alerts: Alerts, channels: Channels
) -> None:
    start = clock.at + timedelta(hours=23)
    window = make.planned(
        new_uuid7(), start, start + timedelta(hours=1), at=clock.at, title="Pour SLSP204518377"
    )
    context.journal.append(window)
    for _ in range(2):
        await alerts.send_due()
    (text,) = channels.received
    assert text.startswith("Travaux annoncés, mercredi 25 novembre, 11:00\u202f: Pour ")
    assert "204518377" not in text


async def test_alerts_are_not_repeated_after_a_restart(
    context: AppContext, watch, alerts: Alerts, channels: Channels
) -> None:
    see(watch, Status.DOWN)
    await alerts.send_due()
    again = replace(context)
    await Alerts(again, channels).send_due()
    assert len(channels.received) == 1


async def test_alert_that_no_channel_accepted_is_shown_and_retried(
    context: AppContext, watch, alerts: Alerts, channels: Channels
) -> None:
    see(watch, Status.DOWN)
    channels.failing = ("mail (1)", "JSON (2)")
    await alerts.send_due()
    assert context.alert_fault == "mail (1), JSON (2)"
    channels.failing = ("mail (1)",)
    await alerts.send_due()
    assert context.alert_fault == "mail (1)"
    assert len(channels.received) == 1
    channels.failing = ()
    see(watch, Status.UP)
    await alerts.send_due()
    assert context.alert_fault == ""
    assert len(channels.received) == 2


async def test_alert_that_cannot_be_recorded_is_not_repeated(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels, monkeypatch
) -> None:
    def refuse(*_: object) -> None:
        raise JournalUnwritable("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(context.journal, "append", refuse)
        see(watch, Status.DOWN)
        for _ in range(3):
            await alerts.send_due()
        assert len(channels.received) == 1
    see(watch, Status.UP)
    await alerts.send_due()
    sent = [record.entry.news for record in context.journal.since(kinds=(AlertSent.KIND,))]
    assert sent == ["begins", "over"]
