"""The service level page: its counts, its evidence, and its text before a month is complete."""

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.core.context import AppContext
from dashboard.routes import ROUTES
from dashboard.service_level.handler import ServiceLevelHandler
from dashboard.service_level.level_html import hours_and_minutes
from procedure.monitoring.contract import Contract
from procedure.monitoring.model import Outcome, Status
from procedure.status_pages.reading_validity import PageStatusChanged
from procedure.status_pages.status import PageStatus
from tests.support import http, make
from tests.support.clock import Clock

FIRST = datetime(2026, 9, 28, 22, tzinfo=UTC)
HOUR, STEP = timedelta(hours=1), timedelta(minutes=3)  # a reading is valid for three minutes
# The starts of two downtimes. The first lasts ten hours, and its first hour is announced. The
# second lasts one hour, and is not announced.
LONG, SHORT = datetime(2026, 10, 6, 8, tzinfo=UTC), datetime(2026, 11, 3, 8, tzinfo=UTC)
OUTAGE = UUID(int=1)


@pytest.fixture
def observed(context: AppContext, clock: Clock) -> AppContext:
    """Eight weeks of readings with two downtimes, a contract, and a loan in a declared outage."""
    readings = range(int((clock() - FIRST) / STEP))
    context.store.history.record(
        Outcome(key, "https://x.example", "server", at, _status(at))
        for at in (FIRST + number * STEP for number in readings)
        for key in ("alma-saml", "alma-secours")
    )
    context.handbook.current = replace(
        context.handbook.current, contract=Contract("A4", 99.5, ("exlibris-status",), notice_days=7)
    )
    words = [(LONG, PageStatus.INCIDENT), (LONG + HOUR, PageStatus.OK)]
    context.store.journal.append(
        *(
            PageStatusChanged(UUID(int=10 + n), at, "exlibris-status", word, "", "feed:json")
            for n, (at, word) in enumerate(words)
        ),
        make.outage(OUTAGE, "Alma", at=SHORT, begun=SHORT, workstation="pc-0"),
        make.loan(20, "1061001234", "SLSP-123456789", at=SHORT + STEP),
        make.ended(21, OUTAGE, at=SHORT + HOUR, ended=SHORT + HOUR),
    )
    return context


def _status(at: datetime) -> Status:
    down = LONG <= at < LONG + 10 * HOUR or SHORT <= at < SHORT + HOUR
    return Status.DOWN if down else Status.UP


def ask(context: AppContext, address: str) -> HTTPResponse:
    route = next(row for row in ROUTES if row[1] is ServiceLevelHandler)
    return http.ask([(*route[:2], {"context": lambda: context})], address)


def text_of(answer: HTTPResponse) -> str:
    plain = re.sub(
        r"<style>.*?</style>|<svg.*?</svg>|<[^>]*>", " ", answer.body.decode(), flags=re.DOTALL
    )
    return " ".join(plain.replace("\u202f", " ").split())


def test_page_compares_promised_announced_and_observed_availability(observed: AppContext) -> None:
    shown = text_of(ask(observed, "/service-level?span=2026&lang=fr"))
    for part in (
        "Engagement non tenu : 99,18 % observés, 99,50 % promis. Le fournisseur en annonce 99,92 %.",
        "Le contrat admet 6 h 47 99,50 %",
        "Le fournisseur annonce 1 h 00 99,92 %",
        "Nous avons observé 11 h 00 99,18 %",
        "10 h 00 en litige décident. Avec elles, 4 h 13 de trop ; sans elles, l’engagement serait tenu.",
        "octobre 2026 98,65 %",
        "10 h 00, dont 9 h 00 en litige",
        "septembre 2026 100,00 % aucune minute perdue",
        "6 oct., 10:00 10 h 00 1 h 00 9 h 00 Annoncée plus courte. Annoncée de 10:00 à 11:00.",
        "3 nov., 09:00 1 h 00 0 1 h 00 Jamais annoncée. Les pages d’état n’annonçaient rien. "
        "1 prêt pendant ce temps. Dossier",
    ):
        assert part in shown
    assert "SLSP" not in shown


def test_page_links_the_dossier_and_the_other_spans(observed: AppContext) -> None:
    body = (ask(observed, "/service-level?span=2026&lang=en")).body.decode()
    links = re.findall(r'<a href="([^"]*)"', body)
    assert "November 2026, so far 99" in text_of(ask(observed, "/service-level?span=2026&lang=en"))
    assert "Readings since " in text_of(ask(observed, "/service-level?span=2026&lang=en"))
    months = ask(observed, "/service-level?span=months&lang=en")
    assert "Completed months only. The current month is in 2026." in text_of(months)
    assert '<a href="?span=2026&amp;lang=en">The current' in " ".join(months.body.decode().split())
    assert links == [
        "dashboard?page=history&amp;lang=en",
        "?span=months&amp;lang=en",
        "?span=2026&amp;lang=en",
        "service-level.csv?span=2026",
        f"dossier/{OUTAGE}?lang=en",
    ]


def test_disputed_downtimes_as_csv(observed: AppContext) -> None:
    answer = ask(observed, "/service-level.csv?span=2026")
    rows = list(csv.DictReader(StringIO(answer.body.decode())))
    assert [(row["start"], row["disputed"], row["reason"]) for row in rows] == [
        ("2026-10-06 08:00:00+00:00", "0 days 09:00:00", "announced_shorter"),
        ("2026-11-03 08:00:00+00:00", "0 days 01:00:00", "never_announced"),
    ]


def test_page_says_that_no_month_is_complete_yet(context: AppContext, clock: Clock) -> None:
    assert "Pas encore de bilan. Il faut un mois de relevés." in text_of(
        ask(context, "/service-level?lang=fr")
    )
    context.store.history.record(
        [Outcome("alma-saml", "https://x.example", "server", clock() - HOUR, Status.UP)]
    )
    answer = ask(context, "/service-level?lang=fr&span=1850")
    assert answer.code == 200
    assert "Relevés depuis le mardi 24 novembre." in text_of(answer)


def test_page_without_a_contract_promises_nothing(observed: AppContext) -> None:
    observed.handbook.current = replace(observed.handbook.current, contract=None)
    shown = text_of(ask(observed, "/service-level?span=2026&lang=fr"))
    assert "99,18 % observés. Le fournisseur en annonce 99,92 %." in shown
    assert "Le contrat admet" not in shown
    assert "Le manuel n’en donne pas (contract.toml)." in shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "0"),
        (22, "22\u202fmin"),
        (90, "1\u202fh\u202f30"),
        (94.97, "1\u202fh\u202f35"),
        (2623, "43\u202fh\u202f43"),
    ],
)
def test_length_in_hours_and_minutes(minutes: float, shown: str) -> None:
    assert hours_and_minutes(timedelta(minutes=minutes)) == shown
