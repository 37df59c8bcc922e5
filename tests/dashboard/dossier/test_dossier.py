"""In each language, a dossier is complete, self-contained and free of patron identifiers."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from tornado.httpclient import HTTPResponse

import procedure
from dashboard.core.context import AppContext
from dashboard.dossier.dossier_chart import LEFT, WIDTH, ChartBar, chart
from dashboard.dossier.event_text import EventText
from dashboard.dossier.handler import DossierHandler
from dashboard.dossier.html import as_html, as_markdown
from dashboard.routes import ROUTES
from dashboard.translations import language
from procedure.circulation.settlements import ReturnSettledByHand, SettledByHand
from procedure.circulation.transactions import Export
from procedure.diagnosis.scenario_file import read_scenario
from procedure.diagnosis.staff_reports import StaffReport
from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import services
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.dossier import Dossier, read_dossier
from procedure.outages.follow_up import OutageLed, TaskAdded, TaskDone
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageNews,
    OutageNote,
    OutageReviewed,
)
from procedure.outages.outage_loans import ListWorth
from procedure.outages.public_entries import PublicState
from procedure.outages.timeline import HourlyLoans, TimelineEvent
from procedure.personal_data.access_entries import FileDownloaded
from procedure.reconciliation.corrections import ALMA_SCREEN
from procedure.reconciliation.journal_entries import FileUploaded, JobReportRecorded, SignedOff
from procedure.status_pages.maintenance import MaintenancePlanned
from procedure.status_pages.reading_validity import PageStatusChanged, PageStatusReadByStaff
from procedure.status_pages.status import PageStatus
from tests.support import http, make

BEGUN = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
OUTAGE = UUID(int=1)
PATRON, ITEM = "SLSP-123456789", "1061001234"


def at(minutes: float) -> datetime:
    return BEGUN + timedelta(minutes=minutes)


@pytest.fixture
def kept(context: AppContext, clock) -> AppContext:
    """A context with one whole outage, which the server observed every minute."""
    clock.at = at(300)
    context.store.journal.append(
        make.outage(OUTAGE, "Alma <EU03>", at=at(9), begun=BEGUN, workstation="pc-0"),
        make.news(
            2,
            OUTAGE,
            "Prêtez *en secours*.",
            at=at(10),
            next_news=at(48),
            lending=True,
            workstation="pc-0",
        ),
        AnswerGiven(UUID(int=3), at(3), UUID(int=30), "A1", "no", "pc-1", "AB"),
        make.page_read(4, PageStatus.INCIDENT, at=at(20), workstation="pc-1"),
        make.note(5, OUTAGE, "ticket 4711", at=at(14), contact="cad", workstation="pc-0"),
        make.loan(6, ITEM, PATRON, at=at(30), workstation="pc-1"),
        make.export(7, 6, at=at(90), name="MAIL.dat", workstation="pc-0"),
        make.ended(8, OUTAGE, at=at(60), ended=at(50), workstation="pc-0"),
    )
    for minute in range(-20, 70):
        down = 0 <= minute < 50
        status, cause = (Status.DOWN, FailureCause.TIMEOUT) if down else (Status.UP, None)
        seen = Outcome("alma-saml", "https://a/", "server", at(minute), status, cause)
        context.store.history.record([seen])
    return context


def made(context: AppContext) -> Dossier:
    dossier = read_dossier(
        OUTAGE,
        context.store.journal,
        context.store.history,
        context.handbook.current.scans,
        now=context.clock.now(),
        services=services(context.handbook.current),
    )
    assert dossier is not None
    return dossier


def ask(context: AppContext, address: str) -> HTTPResponse:
    route = next(row for row in ROUTES if row[1] is DossierHandler)
    return http.ask([(*route[:2], {"context": lambda: context})], address)


def test_markdown_is_complete(kept: AppContext) -> None:
    assert as_markdown(made(kept), kept.handbook.current, language("fr")) == MARKDOWN


def test_signature_names_the_signer(kept: AppContext) -> None:
    kept.store.journal.append(
        SettledByHand(id=UUID(int=9), at=at(100), loan=UUID(int=6), how="by hand", operator="LM"),
        SignedOff(
            id=UUID(int=10), at=at(120), operator="L. Martin", states=(("resolved", 1),), position=9
        ),
    )
    lines = as_markdown(made(kept), kept.handbook.current, language("en")).splitlines()
    assert [line for line in lines if "igned" in line or "ccounted" in line] == [
        "- 1 of 1 loans accounted for.",
        "- Last loan accounted for: 10:52.",
        "- Reconciliation signed off by L. Martin (11:12).",
        "| 11:12 | Reconciliation signed off. | L. Martin |",
    ]


def test_refusals_and_the_last_settled_loan_are_listed(kept: AppContext) -> None:
    refused = (("blocked", 12), ("401651", 1))
    dossier = replace(made(kept), answered=at(50), settled=at(200), refused=refused, refusals=21)
    lines = as_markdown(dossier, kept.handbook.current, language("en")).splitlines()
    assert [line for line in lines if "Alma answered" in line or "Refused" in line] == [
        "- Last loan accounted for: 12:32, 2\u202fh\u202f30 after Alma answered again.",
        "- Refused by Alma: 13 loans, in 21 attempts. User blocked (12) · code 401651 (1).",
    ]


def test_lists_are_compared_with_almas_refusals(kept: AppContext) -> None:
    assert "Flagged" not in as_markdown(made(kept), kept.handbook.current, language("en"))
    lists = ListWorth(warned_refused=78, warned_taken=3, missed=2, unknowable=5)
    dossier = replace(made(kept), lists=lists)
    lines = as_markdown(dossier, kept.handbook.current, language("en")).splitlines()
    assert [line for line in lines if "lists" in line or "warning" in line] == [
        "- Flagged by the lists: 78 refused by Alma, 3 accepted.",
        "- Refused without a warning: 2 that a list could know, 5 that none could.",
    ]


def lines_of(context: AppContext, *words: str) -> list[str]:
    """Return the lines of the English dossier that contain one of these words."""
    lines = as_markdown(made(context), context.handbook.current, language("en")).splitlines()
    return [line for line in lines if any(word in line for word in words)]


def test_pending_loans_are_counted_beside_those_accounted_for(
    kept: AppContext,
) -> None:
    waiting = [make.pending(40 + n, f"A{n}", at=at(30 + n)) for n in range(2)]
    done = SettledByHand(id=UUID(int=9), at=at(100), loan=UUID(int=6), how="x", operator="LM")
    kept.store.journal.append(*waiting, done)
    assert lines_of(kept, "of 1 loans", "forgotten") == [
        "- 1 of 1 loans accounted for, 2 wait for a forgotten card.",
        "- Loans on a forgotten card, to complete or void: 2.",
    ]


def test_each_line_names_who_acted_person_first(kept: AppContext) -> None:
    about = {"desk": "MAIL", "workstation": "MAIL-1"}
    kept.store.journal.append(
        make.loan(40, "A1", at=at(31), operator="mb", **about),
        make.back(41, "A2", at=at(32), **about),
        *(
            SettledByHand(
                id=UUID(int=42 + n),
                at=at(100),
                loan=UUID(int=loan),
                how="lent there",
                operator="cr",
                workstation="COORD-1",
            )
            for n, loan in enumerate((6, 40))
        ),
        ReturnSettledByHand(
            id=UUID(int=50), at=at(110), back=UUID(int=41), how=ALMA_SCREEN, operator="cr"
        ),
    )
    assert lines_of(kept, "loans until", "by hand (", "item return", "fails") == [
        "| 09:12 | Alma, usual link: fails (timeout). | readings |",
        "| 09:42 | 2 loans until 09:43 (Uni Mail, prêt). | mb, MAIL-1, pc-1 |",
        "| 10:52 | 2 loans settled by hand (Uni Mail, prêt): “lent there” | cr, COORD-1 |",
        "| 11:02 | 1 item returned (Uni Mail, prêt), at Alma’s own screen. | cr |",
    ]


def test_planned_work_shows_its_planned_end_and_its_overrun(context: AppContext, clock) -> None:
    clock.at = at(300)
    context.store.journal.append(
        make.planned(3, at(0), at(25), at=at(-500)),
        make.outage(OUTAGE, "Alma", at=at(0), begun=BEGUN, planned=True),
        make.ended(2, OUTAGE, at=at(80), ended=at(77)),
    )
    assert lines_of(context, "It took", "announced it", "No status page") == [
        "- Announced work, due to end at 09:37. It took 52\u202fmin longer."
    ]


def test_announced_work_is_never_called_unannounced(context: AppContext, clock) -> None:
    clock.at = at(300)
    context.store.journal.append(make.outage(OUTAGE, "Alma", at=at(0), begun=BEGUN, planned=True))
    assert lines_of(context, "nnounced", "Nothing was seen") == [
        "- Announced work.",
        "## Announced and observed",
        "- Nothing was seen to fail.",
    ]


def test_languages_have_the_same_number_of_facts(kept: AppContext) -> None:
    french, english = (
        as_markdown(made(kept), kept.handbook.current, language(c)) for c in ("fr", "en")
    )
    assert french.count("\n") == english.count("\n")
    assert "Prêts" not in english
    assert "## Open points" in english


@pytest.mark.parametrize("code", ["fr", "en"])
def test_html_page_is_self_contained_without_identifiers(kept: AppContext, code: str) -> None:
    page = as_html(made(kept), kept.handbook.current, language(code))
    assert f'<html lang="{code}">' in page
    assert "<h1>Alma &lt;EU03&gt;</h1>" in page
    assert "--r-ink: light-dark(#14181c, #" in page  # the reader's colours, but light on paper
    assert "@media print { :root { color-scheme: light; }" in page
    assert re.findall(r"""(?:src|href|url)\s*[=(]""", page) == []
    for secret in (PATRON, ITEM, "AB<", "AB "):
        assert secret not in page
    assert page.count('<rect class="down"') == 3  # one lane at two widths, and the legend


def test_sheet_has_figures_first_and_breaks_no_workstation_name(
    kept: AppContext,
) -> None:
    kept.store.journal.append(make.back(41, "A2", at=at(32)))
    page = as_html(made(kept), kept.handbook.current, language("en"))
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)<small>(.*?)</small>", page) == [
        ("Length", "50\u202fmin", "declared after 9\u202fmin"),
        ("Loans", "1", "0 accounted for"),
        ("Returns on carts", "1", "1 to return"),
        ("Open points", "3", ""),
    ]
    assert '<span class="nb">pc-1</span>' in page
    sizes = {*re.findall(r"(?:font-size: |font: 400 )(\d+)px", page)}
    assert sizes <= {"13", "14", "16", "19", "28", "36"}


def test_chart_is_to_scale(kept: AppContext) -> None:
    names = {"alma-saml": "Alma", "switch": "Site externe"}
    drawn = chart(made(kept), names, language("fr"))
    # The whole width is the 105 minutes from 07:57 to 09:42 UTC.
    minute = WIDTH / 105
    assert [lane.name for lane in drawn.lanes] == ["Alma", "Prêts"]
    down = next(bar for bar in drawn.lanes[0].bars if bar.kind == "down")
    assert (down.x, down.height) == (round(LEFT + 15 * minute, 1), 16.0)
    assert down.width == pytest.approx(50 * minute, abs=0.1)
    assert drawn.lanes[1].bars == (
        ChartBar(
            "loans", round(LEFT + 45 * minute, 1), 50.0, drawn.lanes[1].bars[0].width, 18.0, "1"
        ),
    )
    assert drawn.marks == (round(LEFT + 15 * minute, 1), round(LEFT + 65 * minute, 1))
    assert [text for _, text in drawn.ticks] == [
        "09:00",
        "09:15",
        "09:30",
        "09:45",
        "10:00",
        "10:15",
        "10:30",
    ]


def test_event_text_for_every_kind(kept: AppContext) -> None:
    entry: dict[str, Any] = {"id": UUID(int=70), "at": BEGUN}
    export = Export(**entry, desk="gone", loans=(), name="x.dat", sha256="0")
    note = OutageNote(**entry, outage=OUTAGE, text="")
    events = [
        TimelineEvent(BEGUN, StatusInterval("gone", BEGUN, at(5), Status.DOWN)),
        TimelineEvent(BEGUN, HourlyLoans(at(5)), "gone", 2),
        TimelineEvent(BEGUN, export, "gone", 2),
        TimelineEvent(BEGUN, SettledByHand(**entry, loan=OUTAGE, how="x"), "gone", 2),
        TimelineEvent(BEGUN, ReturnSettledByHand(**entry, back=OUTAGE, how="x"), "gone", 2),
        TimelineEvent(BEGUN, ReturnSettledByHand(**entry, back=OUTAGE, how=ALMA_SCREEN), "gone"),
        TimelineEvent(BEGUN, FileUploaded(**entry, export=export.id), "gone", 2),
        TimelineEvent(BEGUN, JobReportRecorded(**entry, export=export.id, refused=()), "gone", 2),
        TimelineEvent(BEGUN, JobReportRecorded(**entry, export=export.id, refused=()), "gone"),
        TimelineEvent(BEGUN, AnswerGiven(**entry, walk=OUTAGE, step="A1", answer="no")),
        TimelineEvent(BEGUN, StaffReport(**entry, workstation="pc-1", works=False)),
        TimelineEvent(BEGUN, PageStatusChanged(**entry, target="gone", word=PageStatus.OK)),
        TimelineEvent(BEGUN, PageStatusReadByStaff(**entry, target="gone", word=PageStatus.OK)),
        TimelineEvent(BEGUN, OutageDeclared(**entry, title="", begun=BEGUN)),
        TimelineEvent(BEGUN, OutageNews(**entry, outage=OUTAGE, message="", lending=False)),
        TimelineEvent(BEGUN, note),
        TimelineEvent(BEGUN, replace(note, contact="gone")),
        TimelineEvent(BEGUN, OutageEnded(**entry, outage=OUTAGE, ended=at(5))),
        TimelineEvent(BEGUN, make.statement(70, OUTAGE, {"fr": "Panne", "en": "Outage"})),
        TimelineEvent(BEGUN, make.service_set(70, "gone", PublicState.DOWN)),
        TimelineEvent(BEGUN, MaintenancePlanned(**entry, target="gone", start=BEGUN, end=at(5))),
    ]
    tellers = [EventText(kept.handbook.current, language(code), BEGUN) for code in ("fr", "en")]
    for event in events:
        sentences = [teller.sentence(event) for teller in tellers]
        assert all(sentences)
        assert sentences[0] != sentences[1] or event.what is note


def test_route_returns_the_page_in_the_chosen_language(kept: AppContext) -> None:
    answer = ask(kept, f"/dossier/{OUTAGE}?lang=en")
    assert answer.code == 200
    file = "?lang=en&download=1"
    shown = as_html(
        made(kept), kept.handbook.current, language("en"), download=file, files=f"{OUTAGE}.zip"
    )
    assert answer.body.decode() == shown
    assert "Download as one file" in shown
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert b'<html lang="fr">' in ask(kept, f"/dossier/{OUTAGE}?lang=xx").body


def test_download_is_the_page_as_one_file(kept: AppContext) -> None:
    answer = ask(kept, f"/dossier/{OUTAGE}?lang=en&download=1")
    name = "dossier-2026-11-24-00000000.html"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.body.decode() == as_html(made(kept), kept.handbook.current, language("en"))


def test_download_of_outage_files_is_recorded_in_the_journal(kept: AppContext) -> None:
    routes = [(*route[:2], {"context": lambda: kept}) for route in ROUTES if "dossier" in route[0]]
    answer = http.ask(routes, f"/dossier/{OUTAGE}.zip")
    name = "relais-2026-11-24-00000000.zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    with ZipFile(answer.buffer) as archive:
        texts = [archive.read(member) for member in archive.namelist() if member.startswith("csv/")]
    assert texts
    assert not any(PATRON.encode() in text for text in texts)
    taken = kept.store.journal.since()[-1].entry
    assert isinstance(taken, FileDownloaded)
    assert taken.file.startswith(f"{name} (1 loans, ")
    assert http.ask(routes, f"/dossier/{UUID(int=77)}.zip").code == 404


def test_files_of_a_long_outage_are_left_to_the_command(kept: AppContext, clock) -> None:
    long_ago = UUID(int=90)
    kept.store.journal.append(make.outage(long_ago, "Alma", at=at(301), begun=at(301)))
    clock.at = at(301) + timedelta(days=8)
    routes = [(*route[:2], {"context": lambda: kept}) for route in ROUTES if "dossier" in route[0]]
    assert http.ask(routes, f"/dossier/{long_ago}.zip").code == 409
    assert b".zip" not in http.ask(routes, f"/dossier/{long_ago}").body


def test_dossier_has_the_review_and_the_leaders_and_tasks_of_an_earlier_version(
    kept: AppContext,
) -> None:
    about = {"outage": OUTAGE, "operator": "LM"}
    task = TaskAdded(
        **about,
        id=UUID(int=22),
        at=at(62),
        text="Ask EU03 why",
        owner="A. F.",
        due=date(2026, 12, 1),
    )
    kept.store.journal.append(
        OutageLed(**about, id=UUID(int=20), at=at(10), leader="L. Martin"),
        OutageLed(**about, id=UUID(int=21), at=at(40), leader=f"A. Favre {PATRON}"),
        replace(task, id=UUID(int=23), text="Print the sheets", due=None),
        task,
        TaskDone(**about, id=UUID(int=24), at=at(70), task=UUID(int=23)),
        OutageReviewed(
            **about, id=UUID(int=25), at=at(80), happened="Alma <down>.\nCard 2060000017."
        ),
    )
    text = as_markdown(made(kept), kept.handbook.current, language("en"))
    for part in (
        "- Led by L. Martin (09:22), A. Favre \\[…\\] (09:52).",
        "| 09:22 | Who leads: “L. Martin” | LM |",
        "| Ask EU03 why | A. F. | 1 Dec | to do |  |\n"
        "| Print the sheets | A. F. |  | done, 10:22 | LM |",
        "- Written by LM, 10:32.",
        "| What happened? | Alma \\<down\\>.<br>Card \\[…\\]. |\n| When was it noticed? |  |",
    ):
        assert part in text, text
    page = as_html(made(kept), kept.handbook.current, language("en"))
    assert "Alma &lt;down&gt;.\nCard" in page
    assert PATRON not in page


def test_route_of_an_undeclared_outage_is_not_found(kept: AppContext) -> None:
    answer = ask(kept, f"/dossier/{UUID(int=77)}")
    error = {"error": "no declared outage has this id"}
    assert (answer.code, json.loads(answer.body)) == (404, error)
    assert ask(kept, "/dossier/-").code == 404
    assert ask(kept, f"/dossier/{'-' * 36}").code == 404


@pytest.fixture
def replayed(context: AppContext, clock) -> AppContext:
    """A context with a replay of the published EU03 outage, including the staff's actions."""
    folder = Path(procedure.__file__).parent / "scenarios"
    name = "eu03-2020-08-27"
    tables = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
    replay = read_scenario(name, tables, context.handbook.current)

    def after(seconds: float) -> datetime:
        return replay.start + timedelta(seconds=seconds)

    clock.at = after(2 * 3600)
    context.store.history.record(
        [
            Outcome(
                outcome.target,
                "https://a/",
                outcome.vantage,
                after(outcome.at),
                outcome.status,
                FailureCause(outcome.cause) if outcome.cause in set(FailureCause) else None,
            )
            for outcome in replay.outcomes
        ]
    )
    statuses = (
        PageStatusChanged(
            UUID(int=100 + n), after(reading.at), reading.target, reading.word, "feed:statuspage"
        )
        for n, reading in enumerate(replay.readings)
    )
    context.store.journal.append(
        *statuses,
        make.outage(OUTAGE, "Alma EU03", at=after(600), begun=after(180), workstation="pc-0"),
        make.news(2, OUTAGE, "Prêtez en secours.", at=after(660), lending=True, workstation="pc-0"),
        make.note(3, OUTAGE, "ticket 4711", at=after(700), contact="cad", workstation="pc-0"),
        make.loan(4, ITEM, PATRON, at=after(900), workstation="pc-1"),
        make.ended(5, OUTAGE, at=after(3600), ended=after(3060), workstation="pc-0"),
    )
    return context


def test_report_of_a_replayed_outage_is_complete(replayed: AppContext) -> None:
    text = as_markdown(made(replayed), replayed.handbook.current, language("fr")).replace(
        "\u202f", " "
    )
    for part in (
        "## En bref\n\n- Du jeudi 27 août, 16:03 à 16:51, 48 min.",
        "- Accès à Alma : panne annoncée",
        "| Vu du serveur | Accès à Alma : échec",
        "| Vu du serveur | Alma, lien de secours : échec",
        "| Lu par le serveur | Ex Libris, EU03 : incident annoncé | 16:30 |",
        "| Centre d’accueil des demandes de l’UNIGE | 16:11 | pc-0 | ticket 4711 |",
        "| Uni Mail, prêt | 0 | 1 | 0 | 0 | 0 | 1 | 0 |",
        "## Points ouverts\n\n- ",
        "| 16:10 | Panne déclarée, C1 en vigueur. « Alma EU03 » | pc-0 |",
        "| 16:30 | Ex Libris, EU03 : incident annoncé. |",
        "| 17:00 | Fin confirmée : 16:51. | pc-0 |",
    ):
        assert part in text
    page = as_html(made(replayed), replayed.handbook.current, language("fr"))
    # Two links, each in two segments, at two widths; and one in the legend.
    assert page.count('<rect class="down"') == 9


MARKDOWN = """\
# Dossier de panne, Alma \\<EU03\\>

## En bref

- Du mardi 24 novembre, 09:12 à 10:02, 50 min.
- Déclarée à 09:21 par pc-0.
- Premier échec relevé : 09:12 (Alma, lien habituel), 9 min avant la déclaration.
- 1 prêt enregistré.
- Dossier établi à 14:12. Heures locales.

## Annoncé et observé

- Alma, lien habituel : panne annoncée 20 min après nous.

| Qui | Quoi | De | À | Durée |
| --- | --- | --- | --- | --- |
| Vu du serveur | Alma, lien habituel : échec (délai dépassé) | 09:12 | 10:02 | 50 min |
| Lu par une personne | Ex Libris, EU03 : incident annoncé | 09:32 | – |  |

## Causes, d’après les relevés

- Délai dépassé : Alma, lien habituel, 50 min.
- Incident annoncé, lu à 09:32 : Ex Libris, EU03.

## Contacts avertis

| Contact | Quand | Qui | Remarque |
| --- | --- | --- | --- |
| Centre d’accueil des demandes de l’UNIGE | 09:26 | pc-0 | ticket 4711 |

## Prêts

- 0 prêt traité sur 1.

| Guichet | à vérifier | en route | à régler | dans Alma | réglés à la main | Total | annulés |
| --- | --- | --- | --- | --- | --- | --- | --- |
| Uni Mail, prêt | 0 | 1 | 0 | 0 | 0 | 1 | 0 |
| Ensemble | 0 | 1 | 0 | 0 | 0 | 1 | 0 |

## Points ouverts

- Prêts dans un fichier, à envoyer à Alma : 1.
- Points de l’envoi non cochés : 4.

## Retour sur la panne

- À écrire au guide, sous « Retour sur la panne ».

| Question | Réponse |
| --- | --- |
| Que s’est-il passé ? |  |
| Quand l’a-t-on remarqué ? |  |
| Que changer ? |  |

## Déroulement

| Heure | Ce qui s’est passé | Qui |
| --- | --- | --- |
| 09:12 | Alma, lien habituel : échoue (délai dépassé). | relevés |
| 09:15 | A1, Une page d’état annonce-t-elle la panne ? Non. | pc-1 |
| 09:21 | Panne déclarée, C1 en vigueur. « Alma \\<EU03\\> » | pc-0 |
| 09:22 | Message. C1 est en vigueur. Prochaines nouvelles à 10:00. « Prêtez \\*en secours\\*. » | pc-0 |
| 09:26 | CAD averti. « ticket 4711 » | pc-0 |
| 09:32 | Ex Libris, EU03 : incident annoncé. | pc-1 |
| 09:42 | 1 prêt (Uni Mail, prêt). | pc-1 |
| 10:02 | Alma, lien habituel : répond. | relevés |
| 10:12 | Fin confirmée : 10:02. | pc-0 |
| 10:42 | Fichier pour Alma écrit, 1 prêt (Uni Mail, prêt). | pc-0 |
"""
