"""An alert about the watch's observations arrives once, whatever fails along the way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.core.context import AppContext
from dashboard.outage.alert_sending import Alerts
from procedure.errors import JournalUnwritable
from procedure.io.alert_channels import Alert
from procedure.io.clock import new_uuid7
from procedure.monitoring.model import FailureCause, Status
from procedure.outages.alert_settings import AlertKind
from procedure.outages.due_alerts import AlertSent
from procedure.outages.outage_entries import OutageWithdrawn
from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.page_parsers import parse_page
from procedure.status_pages.reading_validity import Reading, feed_reading
from tests.support import make
from tests.support.context import make_context
from tests.support.still_feeds import StillFeeds

ALMA = ("alma-saml", "alma-secours")


@dataclass
class Channels:
    """Two channels: those in `failing` fail, and the second accepts only alerts of `kinds`."""

    received: list[str] = field(default_factory=list)
    failing: Sequence[str] = ()
    kinds: Collection[AlertKind] = frozenset(AlertKind)

    def names(
        self, kind: AlertKind | None = None, joins: frozenset[AlertKind] = frozenset()
    ) -> tuple[str, ...]:
        takers = {"mail (1)": frozenset(AlertKind), "JSON (2)": frozenset(self.kinds)}
        return tuple(
            name
            for name, kinds in takers.items()
            if kind is None or (kind in kinds and kinds.isdisjoint(joins))
        )

    async def send(self, alert: Alert) -> tuple[str, ...]:
        assert alert.kind is not None
        names = self.names(alert.kind, alert.joins)
        failed = tuple(name for name in names if name in self.failing)
        if len(failed) < len(names):
            self.received.append(alert.body)
        return failed


async def nothing_to_bring() -> int:
    return 0


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def alerts(context: AppContext, channels: Channels) -> Alerts:
    return Alerts(context, channels, nothing_to_bring)  # type: ignore[arg-type]


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
    sent = [record.entry for record in context.store.journal.since(kinds=(AlertSent.KIND,))]
    assert [(alert.concern, alert.news) for alert in sent] == [
        ("service/A4", "begins"),
        ("service/A4", "over"),
    ]


async def test_suspicion_after_no_answer_sends_no_second_alert(
    watch, clock, alerts: Alerts, channels: Channels
) -> None:
    for _ in range(5):
        see(watch, Status.DOWN)
        await alerts.send_due()
        clock.pass_by(minutes=1)
    assert channels.received == ["Accès à Alma\u202f: ne répond plus depuis 11:59."]


async def test_alert_of_a_suspected_outage_until_it_is_declared(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels
) -> None:
    channels.kinds = {AlertKind.SUSPECTED}  # the second channel accepts no alerts about services
    see(watch, Status.DOWN)
    await alerts.send_due()
    for _ in range(4):
        clock.pass_by(minutes=1)
        see(watch, Status.DOWN)
        await alerts.send_due()
    expected = "Panne supposée depuis 12:00\u202f: Alma. Personne ne l’a déclarée."
    assert channels.received[1:] == [expected]
    context.store.journal.append(make.outage(new_uuid7(), at=clock.at))
    await alerts.send_due()
    declared = "Déclaration\u202f: 12:04. Début\u202f: 12:04. C1 est en vigueur."
    assert channels.received[1:] == [expected, declared]


async def test_alert_of_planned_work_a_day_before_without_an_identifier(
    context: AppContext, clock, alerts: Alerts, channels: Channels
) -> None:
    start = clock.at + timedelta(hours=23)
    window = make.planned(
        new_uuid7(), start, start + timedelta(hours=1), at=clock.at, title="Pour SLSP204518377"
    )
    context.store.journal.append(window)
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
    await Alerts(again, channels, nothing_to_bring).send_due()  # type: ignore[arg-type]
    assert len(channels.received) == 1


async def test_alert_that_no_channel_accepted_is_shown_and_retried(
    context: AppContext, watch, alerts: Alerts, channels: Channels
) -> None:
    see(watch, Status.DOWN)
    channels.failing = ("mail (1)", "JSON (2)")
    await alerts.send_due()
    assert context.upkeep.state("alerts").unreached == ("mail (1)", "JSON (2)")
    channels.failing = ("mail (1)",)
    await alerts.send_due()
    assert context.upkeep.state("alerts").unreached == ("mail (1)",)
    assert len(channels.received) == 1
    channels.failing = ()
    see(watch, Status.UP)
    await alerts.send_due()
    assert context.upkeep.state("alerts").unreached == ()
    assert len(channels.received) == 2


async def test_alert_that_cannot_be_recorded_is_not_repeated(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels, monkeypatch
) -> None:
    def refuse(*_: object) -> None:
        raise JournalUnwritable("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(context.store.journal, "append", refuse)
        see(watch, Status.DOWN)
        for _ in range(3):
            await alerts.send_due()
        assert len(channels.received) == 1
    see(watch, Status.UP)
    await alerts.send_due()
    sent = [record.entry.news for record in context.store.journal.since(kinds=(AlertSent.KIND,))]
    assert sent == ["begins", "over"]


async def test_suspected_outage_once_declared_is_not_reported_as_passed(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels
) -> None:
    channels.kinds = {AlertKind.SUSPECTED}

    async def look(status: Status, minutes: int) -> None:
        for _ in range(minutes):
            see(watch, status)
            await alerts.send_due()
            clock.pass_by(minutes=1)

    await look(Status.DOWN, 5)
    outage = new_uuid7()
    context.store.journal.append(make.outage(outage, at=clock.at, begun=clock.at))
    await look(Status.DOWN, 1)
    context.store.journal.append(make.ended(5, outage, at=clock.at, ended=clock.at))
    await look(Status.UP, 20)
    assert [text for text in channels.received if "supposée" in text] == [
        "Panne supposée depuis 12:00\u202f: Alma. Personne ne l’a déclarée."
    ]


async def test_undeclared_suspected_outage_is_reported_as_passed(
    watch, clock, alerts: Alerts, channels: Channels
) -> None:
    channels.kinds = {AlertKind.SUSPECTED}
    for status in [*[Status.DOWN] * 5, *[Status.UP] * 3]:
        see(watch, status)
        await alerts.send_due()
        clock.pass_by(minutes=1)
    assert channels.received[-1] == "Tout répond de nouveau\u202f: la panne supposée est passée."


def labelled_work(at: datetime, title: str) -> Reading:
    """Return a feed's reading, made now, of a notice that a label marks as planned work."""
    body = f"<rss><item><title>{title}</title></item></rss>".encode()
    feed = ParserContext(ComponentFilter(("Alma",)), ZoneInfo("Europe/Zurich"))
    report = parse_page("feed", body, at, feed)
    return feed_reading("slsp-psi", "feed", report, at=at, interval=timedelta(hours=1))


@pytest.mark.parametrize(("hours", "end"), [("11:00 – 24:00", "24:00"), ("11:00 – 14:30", "14:30")])
async def test_suspected_outage_during_announced_work_is_alerted_once_with_its_end(
    clock, watch, handbook, channels: Channels, hours: str, end: str
) -> None:
    channels.kinds = {AlertKind.SUSPECTED}
    pages = StillFeeds()
    context = make_context(clock, handbook, watch=watch, pages=pages)
    alerts = Alerts(context, channels, nothing_to_bring)  # type: ignore[arg-type]
    pages.see(labelled_work(clock.at, f"Geplant: Alma, 24.11.2026 {hours}"))
    for _ in range(10):
        see(watch, Status.DOWN)
        await alerts.send_due()
        clock.pass_by(minutes=1)
    assert channels.received[1:] == [
        "Panne supposée depuis 12:00\u202f: des travaux annoncés. Personne ne l’a déclarée. "
        f"Des travaux sont annoncés jusqu’à {end}."
    ]


async def test_prose_causes_no_alert(clock, watch, handbook, channels: Channels) -> None:
    pages = StillFeeds()
    context = make_context(clock, handbook, watch=watch, pages=pages)
    pages.see(labelled_work(clock.at, "Alma est en panne, travaux le 24.11.2026 11:00 – 24:00"))
    for _ in range(10):
        see(watch, Status.UP)
        await Alerts(context, channels, nothing_to_bring).send_due()  # type: ignore[arg-type]
        clock.pass_by(minutes=1)
    assert channels.received == []


async def test_recent_acts_are_sent_once_by_the_next_process(
    context: AppContext, clock, channels: Channels
) -> None:
    """The next process sends alerts about entries recorded while no process was running.

    It sends no alerts about the day before.
    """
    old, new = new_uuid7(), new_uuid7()
    yesterday = clock.at - timedelta(days=1)
    context.store.journal.append(
        make.outage(old, at=yesterday, begun=yesterday),
        make.ended(2, old, at=yesterday, ended=yesterday),
        make.outage(new, at=clock.at - timedelta(hours=3), begun=clock.at - timedelta(hours=3)),
        make.news(4, new, "Here.", at=clock.at - timedelta(hours=2), lending=False),
        make.news(5, new, "", at=clock.at - timedelta(hours=1), lending=True),
    )
    for _ in range(2):
        await Alerts(replace(context), channels, nothing_to_bring).send_due()  # type: ignore[arg-type]
    assert channels.received == [
        "Déclaration\u202f: 09:00. Début\u202f: 09:00. C1 est en vigueur.",
        "10:00\u202f: Here.",
        "11:00\u202f: C1 est en vigueur.",
    ]


async def test_overdue_news_is_repeated_until_the_next_message(
    context: AppContext, clock, channels: Channels
) -> None:
    outage, late = new_uuid7(), "Attendues\u202f: 12:30. Rien n’a été dit depuis."
    rules = {"alert_reminder": timedelta(minutes=30)}
    context = replace(context, settings=replace(context.settings, **rules))
    due = clock.at + timedelta(minutes=30)
    context.store.journal.append(
        make.outage(outage, at=clock.at, begun=clock.at),
        make.news(2, outage, "Here.", at=clock.at, next_news=due),
    )
    alerts = Alerts(context, channels, nothing_to_bring)  # type: ignore[arg-type]
    for _ in range(7):
        await alerts.send_due()
        clock.pass_by(minutes=15)
    assert channels.received[1:] == [late, late, late]
    context.store.journal.append(make.news(3, outage, "There.", at=clock.at))
    for _ in range(3):
        await alerts.send_due()
        clock.pass_by(minutes=30)
    assert channels.received[4:] == ["13:45\u202f: There."]


async def test_loans_to_bring_are_counted_only_after_the_outage_ends(
    context: AppContext, clock, channels: Channels
) -> None:
    counts = [None, 0, 2, 3]

    async def count() -> int | None:
        return counts.pop(0)

    alerts, outage = Alerts(context, channels, count), new_uuid7()  # type: ignore[arg-type]
    context.store.journal.append(make.outage(outage, at=clock.at, begun=clock.at))
    await alerts.send_due()
    assert len(counts) == 4
    context.store.journal.append(make.ended(2, outage, at=clock.at, ended=clock.at))
    for _ in range(5):
        await alerts.send_due()
    assert channels.received[2:] == ["2 prêts à transférer dans Alma."]
    assert counts == [3]


async def test_alert_that_no_address_accepts_is_neither_sent_nor_recorded(
    context: AppContext, clock
) -> None:
    class Nobody(Channels):
        def names(self, *_: object) -> tuple[str, ...]:
            return ()

    nobody = Nobody()
    context.store.journal.append(make.outage(new_uuid7(), at=clock.at, begun=clock.at))
    await Alerts(context, nobody, nothing_to_bring).send_due()  # type: ignore[arg-type]
    assert nobody.received == []
    assert context.store.journal.since(kinds=(AlertSent.KIND,)) == []


async def test_fault_of_a_channel_stays_while_others_receive_alerts(
    context: AppContext, watch, clock, alerts: Alerts, channels: Channels
) -> None:
    channels.failing, channels.kinds = ("JSON (2)",), {AlertKind.SERVICE}
    see(watch, Status.DOWN)
    await alerts.send_due()
    context.store.journal.append(make.outage(new_uuid7(), at=clock.at, begun=clock.at))
    await alerts.send_due()
    assert context.upkeep.state("alerts").unreached == ("JSON (2)",)
    assert len(channels.received) == 2


async def test_one_press_sends_one_message_that_names_its_author(
    context: AppContext, clock, channels: Channels
) -> None:
    async def two() -> int:
        return 2

    alerts, outage = Alerts(context, channels, two), new_uuid7()  # type: ignore[arg-type]
    who = {"operator": "A. Favre"}
    context.store.journal.append(
        make.outage(outage, at=clock.at, begun=clock.at, **who),
        make.news(2, outage, "Prêtez.", at=clock.at, lending=True, **who),
        make.statement(3, outage, {"fr": "Panne"}, {"fr": "Venez."}, at=clock.at, **who),
    )
    await alerts.send_due()
    declared = "Déclaration\u202f: 12:00, par A. Favre. Début\u202f: 12:00. C1 est en vigueur."
    assert channels.received == [f"{declared}\n12:00\u202f: Prêtez."]
    clock.pass_by(minutes=30)
    context.store.journal.append(make.ended(4, outage, at=clock.at, ended=clock.at, **who))
    for _ in range(3):
        await alerts.send_due()
    ended = "Fin\u202f: 12:30, par A. Favre. Durée\u202f: 30\u202fmin."
    assert channels.received[1:] == [f"{ended}\n2 prêts à transférer dans Alma."]


async def test_patron_address_receives_only_messages_for_patrons(
    context: AppContext, clock, channels: Channels, alerts: Alerts
) -> None:
    channels.kinds, outage = {AlertKind.PUBLIC}, new_uuid7()
    context.store.journal.append(
        make.outage(outage, at=clock.at, begun=clock.at),
        make.statement(3, outage, {"fr": "Panne"}, {"fr": "Venez."}, at=clock.at),
    )
    await alerts.send_due()
    assert channels.received[1:] == ["Venez."]


async def test_withdrawn_declaration_is_announced_once(
    context: AppContext, clock, channels: Channels, alerts: Alerts
) -> None:
    outage = new_uuid7()
    context.store.journal.append(make.outage(outage, at=clock.at, begun=clock.at))
    await alerts.send_due()
    taken_back = OutageWithdrawn(
        id=new_uuid7(), at=clock.at, outage=outage, reason="un seul poste", operator="A. Favre"
    )
    context.store.journal.append(taken_back)
    for _ in range(2):
        await alerts.send_due()
    assert channels.received[1:] == ["Retirée\u202f: 12:00, par A. Favre. un seul poste"]
