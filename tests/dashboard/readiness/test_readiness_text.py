"""The sentences that describe an installation's readiness."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from dashboard.readiness.readiness_text import ReadinessTexts, WorkstationText
from dashboard.translations import language
from procedure.handbook.model import Handbook
from procedure.offline_lists.list_layout import Header, ListKind
from procedure.readiness.readiness import KeyState, LastTimes, readiness
from procedure.readiness.workstation_check import WorkstationCheck
from tests.support.clock import NOON

READY = WorkstationCheck(UUID(int=1), NOON, "prêt 1", "MAIL", "nothing", 0.2, NOON)
TIMES = LastTimes(NOON - timedelta(hours=2), NOON - timedelta(days=30))
LISTS = tuple(Header(kind, NOON - timedelta(hours=2), 1000) for kind in ListKind)
CHECKS = (
    READY,
    replace(READY, workstation="prêt 2", desk="", lacks="https", scanned_at=None, skew_s=-300.0),
)


def lines(texts: ReadinessTexts) -> list[str]:
    return [f"{topic.text} {topic.cure}".strip() for topic in texts.topics]


def test_missing_points_come_first_with_instructions(handbook: Handbook) -> None:
    facts = readiness(handbook, CHECKS, replace(TIMES, backup=None), KeyState.REFUSED, NOON)
    assert lines(ReadinessTexts(facts, handbook, language("en"))) == [
        "1 workstation opens Relais without HTTPS: without the server, it cannot reopen it. "
        "Put an HTTPS server in front of Relais, then change their bookmarks.",
        "1 of 2 workstations is ready. "
        "Open Relais on each workstation, scan a card in Loans, then press Escape.",
        "No backup is known. Make one every day: relais backup, or pg_dump for PostgreSQL.",
        "Contacts to be reviewed: DIS coordination service, University of Geneva request desk. "
        "Check them, then set owner and reviewed in contacts.toml.",
        "Alma refuses the API key. Set RELAIS_ALMA_KEY: without it, no loan is verified in Alma.",
        "Desk codes to check: MAIL, BASTIONS, CMU, ARVE. "
        "Compare them with Alma, then set confirmed in desks.toml.",
        "Last drill: Sunday 25 October 2026.",
    ]


def test_ready_points_have_no_instructions(handbook: Handbook) -> None:
    ready = replace(
        handbook,
        desks={key: replace(desk, confirmed=True) for key, desk in handbook.desks.items()},
        contacts={
            key: replace(contact, owner="Anna", reviewed=date(2026, 9, 1))
            for key, contact in handbook.contacts.items()
        },
    )
    facts = readiness(ready, [READY], TIMES, KeyState.ACCEPTED, NOON)
    assert lines(ReadinessTexts(facts, ready, language("fr"))) == [
        "Tous les postes ouvrent Relais en HTTPS.",
        "1 poste sur 1 est prêt.",
        "Dernière sauvegarde\u202f: 10:00.",
        "Dernier exercice\u202f: dimanche 25 octobre 2026.",
        "Contacts relus le mardi 1er septembre 2026, par Anna.",
        "Alma accepte la clé de l’API.",
        "Procédure vérifiée, 8 adresses.",
    ]


def test_incomplete_workstations_come_first(handbook: Handbook) -> None:
    facts = readiness(handbook, CHECKS, TIMES, KeyState.NONE, NOON)
    assert ReadinessTexts(facts, handbook, language("en")).workstations == (
        WorkstationText(
            "prêt 2", "", NOON, ("no HTTPS", "clock wrong by 5\u202fmin", "scanner not tested")
        ),
        WorkstationText("prêt 1", handbook.desks["MAIL"].name, NOON, ()),
    )


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (KeyState.NONE, "There is no key for Alma's API."),
        (KeyState.UNKNOWN, "The key for Alma's API has not been checked yet."),
    ],
)
def test_missing_or_unchecked_key_is_described(
    handbook: Handbook, key: KeyState, text: str
) -> None:
    facts = readiness(handbook, [], LastTimes(), key, NOON)
    shown = [topic.text for topic in ReadinessTexts(facts, handbook, language("en")).topics]
    assert text in shown
    assert "No named workstation has opened Relais yet." in shown
    assert "No drill is known." in shown


def test_unnamed_workstations_are_counted(handbook: Handbook) -> None:
    checks = [replace(READY, workstation=f"poste-{number}") for number in (1, 2)]
    facts = readiness(handbook, checks, TIMES, KeyState.NONE, NOON)
    texts = ReadinessTexts(facts, handbook, language("en"))
    assert (texts.workstations, texts.unnamed) == (
        (),
        "2 workstations without a name since yesterday: name them at the top of their pages.",
    )
    assert ReadinessTexts(replace(facts, unnamed=()), handbook, language("en")).unnamed == ""


@pytest.mark.parametrize(
    ("code", "lists", "is_refused", "text"),
    [
        ("fr", LISTS, False, "Listes\u202f: comptes (10:00), documents (10:00)."),
        (
            "fr",
            LISTS,
            True,
            "Le dernier import a été refusé. Listes\u202f: comptes (10:00), "
            "documents (10:00). Voyez pourquoi les exports de la nuit n’arrivent pas\u202f: "
            "relais lists status.",
        ),
        (
            "en",
            (),
            True,
            "The last import was refused. There is no list of accounts or items. Find "
            "out why last night’s exports have not arrived: relais lists status.",
        ),
        (
            "en",
            (replace(LISTS[0], as_of=NOON - timedelta(days=4)),),
            False,
            "Lists too old to "
            "count: accounts (Friday 20 November, 12:00). Find out why last night’s exports have "
            "not arrived: relais lists status.",
        ),
    ],
)
def test_lists_are_described_in_words(
    handbook: Handbook, code: str, lists: tuple[Header, ...], is_refused: bool, text: str
) -> None:
    facts = readiness(
        handbook, [READY], TIMES, KeyState.ACCEPTED, NOON, lists=lists, is_list_refused=is_refused
    )
    assert text in lines(ReadinessTexts(facts, handbook, language(code)))
