"""Each step of an outage is announced once by mail and once by webhook, with working links."""

import os
import re
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import sleep
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.outage.alert_sending import Alerts
from dashboard.reconciliation.ledger import ReconciliationLedger
from procedure.io.alert_channels import AlertChannels, parse_addresses
from procedure.io.clock import new_uuid7
from procedure.io.database.database import open_database
from procedure.monitoring.model import FailureCause, Status
from procedure.reconciliation.journal_entries import SignedOff
from tests.support import make
from tests.support.clock import NOON, Clock
from tests.support.context import with_store
from tests.support.forked_server import ForkedServer
from tests.support.mail import MailServer
from tests.support.still_watch import StillWatch
from tests.support.webhook import Webhook
from tests.ui.conftest import Standins, free_port, handbook_over

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
ALMA = ("alma-saml", "alma-secours")
OUTAGE = UUID("0193a1b2-0000-7000-8000-000000000001")
CARD = "2060000017"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Start a server on this test's database; return its URL."""
    standins, port = Standins(), free_port()
    plain = {name: text for name, text in os.environ.items() if not name.startswith("RELAIS_")}
    environment = plain | {
        "RELAIS_DATABASE_URL": f"sqlite:///{tmp_path / 'relais.sqlite3'}",
        "RELAIS_HANDBOOK": str(handbook_over(standins, tmp_path / "handbook")),
        "RELAIS_BACKUPS_KEPT": "0",
        "RELAIS_STATUS_PAGE": f"http://localhost:{port}/status",
    }
    log = tmp_path / "server.log"
    server = ForkedServer(["serve", "--port", str(port)], environment, log)
    for _ in range(1200):
        assert server.poll() is None, log.read_text()
        with suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/healthz"):
            break
        sleep(0.05)
    yield f"http://localhost:{port}"
    server.kill()
    server.wait()
    standins.stop()


class Day:
    """An outage from its first failed probe to the signature; both channels get its alerts."""

    def __init__(self, context: AppContext, watch: StillWatch, clock: Clock, url: str) -> None:
        self.mails, self.webhook = MailServer(), Webhook()
        addresses = parse_addresses(f"{self.mails.address} {self.webhook.address}")
        page = f"{url}/status"
        settings = replace(context.settings, url=url, alerts=addresses, status_page=page)
        context = replace(context, settings=settings)
        ledger = ReconciliationLedger(context)
        self.alerts = Alerts(context, AlertChannels(addresses), ledger.to_bring_now)
        self.context, self.watch, self.clock = context, watch, clock

    def see(self, status: Status) -> None:
        for key in self.watch.targets:
            is_alma = key in ALMA
            cause = FailureCause.TIMEOUT if is_alma and status is Status.DOWN else None
            self.watch.see_enough(key, status if is_alma else Status.UP, cause=cause)

    async def lasts(self, status: Status, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.pass_by(minutes=1)
            self.see(status)
            await self.alerts.send_due()

    def sent(self) -> list[tuple[str, str, str]]:
        """Return the title, text and type of each new alert.

        Both channels must have received the same titles and texts.
        """
        mails = [
            (str(mail["Subject"]), mail.get_content().replace("\r\n", "\n").rstrip("\n"))
            for mail in self.mails.received
        ]
        # Mail headers have only plain spaces.
        posted = [(title.replace("\u202f", " "), text) for title, text, _ in self.webhook.received]
        assert mails == posted
        came = list(self.webhook.received)
        self.mails.received.clear()
        self.webhook.received.clear()
        return came

    def stop(self) -> None:
        self.mails.stop()
        self.webhook.stop()


@pytest.fixture
def day(
    context: AppContext, watch: StillWatch, clock: Clock, tmp_path: Path, url: str
) -> Iterator[Day]:
    database = open_database(f"sqlite:///{tmp_path / 'relais.sqlite3'}", now=clock)
    made = Day(with_store(context, journal=database.journal), watch, clock, url)
    yield made
    made.stop()
    database.close()


def answers(text: str) -> list[str]:
    """Follow the links in an alert and return the pages."""
    pages = list[str]()
    for link in re.findall(r"http\S+", text):
        with urllib.request.urlopen(link) as answer:
            assert answer.status == 200, link
            pages.append(answer.read().decode())
    return pages


async def test_alerts_of_a_whole_outage(day: Day, url: str) -> None:
    """Each step, from the first failure to the signature, sends its alerts."""
    journal, clock = day.context.store.journal, day.clock

    def alma(head: str, text: str, kind: str) -> tuple[str, str, str]:
        return (
            f"Relais, {head}\u202f: Accès à Alma",
            f"{text}\n\nPage\u202f: {url}/?page=guide",
            kind,
        )

    def act(head: str, text: str, kind: str, page: str = "guide") -> tuple[str, str, str]:
        links = f"Page\u202f: {url}/?page={page}\nDossier\u202f: {url}/dossier/{OUTAGE}"
        return f"Relais, {head}\u202f: Alma, carte […]", f"{text}\n\n{links}", kind

    day.see(Status.UP)
    await day.lasts(Status.DOWN, 5)
    silent = "Accès à Alma\u202f: ne répond plus depuis 12:00."
    assert day.sent() == [alma("pas de réponse", silent, "failure")]

    soon = clock.at + timedelta(minutes=10)
    journal.append(
        make.outage(OUTAGE, f"Alma, carte {CARD}", at=clock.at, begun=NOON, suspected="alma"),
        make.news(2, OUTAGE, f"Pas {CARD}.", at=clock.at, next_news=soon, lending=True),
    )
    await day.lasts(Status.DOWN, 1)
    (declared,) = day.sent()
    begun = "Déclaration\u202f: 12:05. Début\u202f: 12:00. C1 est en vigueur."
    said = "12:05\u202f: Pas […].\nProchaines nouvelles\u202f: 12:15."
    assert declared == act("panne déclarée", f"{begun}\n{said}", "failure")
    page, dossier = answers(declared[1])
    assert "<title>Relais</title>" in page
    assert "Alma, carte […]" in dossier

    texts = {"en": "Come to the desks.", "fr": "Venez aux guichets."}
    titles = {"fr": "Le catalogue est en panne"}
    journal.append(make.statement(3, OUTAGE, titles, texts, at=clock.at))
    await day.lasts(Status.DOWN, 20)
    (public,) = [sent for sent in day.webhook.received if "/status" in sent[1]]
    told = f"Venez aux guichets.\n\n{url}/status?lang=fr"
    assert public == ("Le catalogue est en panne", told, "failure")
    assert "Venez aux guichets." in answers(told)[0]
    late = "Attendues\u202f: 12:15. Rien n’a été dit depuis."
    assert day.sent() == [public, act("nouvelles en retard", late, "warning")]
    await day.lasts(Status.UP, 10)
    assert day.sent() == [
        alma("répond de nouveau", "Accès à Alma\u202f: répond de nouveau.", "success")
    ]

    journal.append(make.loan(7), make.loan(8, "1060348822"))
    journal.append(make.ended(9, OUTAGE, at=clock.at, ended=clock.at - timedelta(minutes=6)))
    await day.lasts(Status.UP, 2)
    over = "Fin\u202f: 12:30. Durée\u202f: 30\u202fmin.\n2 prêts à transférer dans Alma."
    assert day.sent() == [act("fin", over, "success")]

    signed = SignedOff(
        id=new_uuid7(),
        at=clock.at,
        operator="LM",
        states=(("confirmed", 2),),
        position=journal.position(),
    )
    journal.append(signed)
    await day.lasts(Status.UP, 15)
    text = "Signé\u202f: 12:38. Tous les prêts sont traités."
    (signature,) = day.sent()
    assert signature == act("transfert signé", text, "success", "reconciliation")
    _, dossier = answers(signature[1])
    assert "Alma, carte […]" in dossier
