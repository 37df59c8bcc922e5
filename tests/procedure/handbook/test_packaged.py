"""The packaged handbook has the paper version's addresses, numbers, names, order and wording."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from procedure.guide.steps import Answer, Contact, Telephone
from procedure.io.handbook_files import load_handbook

ROOT = Path(__file__).resolve().parent.parent.parent.parent
HANDBOOK = load_handbook(ROOT / "procedure" / "handbook")
WORKDAYS = (1, 2, 3, 4, 5)


def test_packaged_steps_equal_the_paper_procedure() -> None:
    assert HANDBOOK.procedure.start == "A1"
    yes, no, vdi = "yes", "no", "vdi"
    entries = [
        (step.key, step.kind, step.contact, step.when_closed, step.targets, step.answers)
        for step in HANDBOOK.procedure.steps.values()
    ]
    pages = ("etats-unige", "slsp-psi", "exlibris-status")
    ways, reached = ("alma-saml", "alma-secours"), ("answers", "silent")
    assert entries == [
        (
            "A1",
            "question",
            None,
            None,
            pages,
            (Answer(yes, "C1", "announced"), Answer(no, "A2", "not-announced")),
        ),
        (
            "A2",
            "question",
            None,
            None,
            (),
            (Answer(yes, "B1", "works"), Answer(no, "A3", "fails"), Answer(vdi, "B2", "only-vdi")),
        ),
        (
            "A3",
            "question",
            None,
            None,
            ("switch",),
            (Answer(yes, "A4", *reached[:1]), Answer(no, "B2", *reached[1:])),
        ),
        (
            "A4",
            "question",
            None,
            None,
            ways,
            (Answer(yes, "B1", *reached[:1]), Answer(no, "B2", *reached[1:])),
        ),
        ("B1", "contact", "codis", "C1", (), ()),
        ("B2", "contact", "cad", None, ("tickets",), ()),
        ("C1", "lending", None, None, ("offline-utility",), ()),
    ]


def test_packaged_addresses_equal_the_paper_and_have_their_intervals() -> None:
    often, seldom = timedelta(seconds=60), timedelta(minutes=5)
    entries = {
        key: (target.step, target.url, target.interval, target.method)
        for key, target in HANDBOOK.targets.items()
    }
    slsp = "https://slsp.atlassian.net/wiki/spaces/PSI/overview"
    saml = "https://slsp-unige.alma.exlibrisgroup.com/SAML/idpCode/isis"
    utility = "https://www.unige.ch/biblio_info/index.php/download_file/view/1716/328/"
    assert entries == {
        "etats-unige": ("A1", "https://dis.unige.ch/accueil/vues/etats", seldom, "GET"),
        "slsp-psi": ("A1", slsp, seldom, "GET"),
        "exlibris-status": (
            "A1",
            "https://status.exlibrisgroup.com/system_status",
            seldom,
            "GET",
        ),
        "switch": ("A3", "https://www.switch.ch", often, "GET"),
        "alma-saml": ("A4", saml, often, "GET"),
        "alma-secours": ("A4", "https://www.unige.ch/biblio/alma-secours", often, "GET"),
        "tickets": ("B2", "https://dw.unige.ch/", seldom, "GET"),
        "offline-utility": ("C1", utility, timedelta(hours=1), "HEAD"),
    }
    assert all(target.from_paper for target in HANDBOOK.targets.values())


def test_packaged_handbook_has_two_feeds() -> None:
    feeds = {key: target.feed for key, target in HANDBOOK.targets.items() if target.feed}
    assert {key: (feed.format, feed.filter) for key, feed in feeds.items()} == {
        "slsp-psi": ("confluence", ("Alma",)),
        "exlibris-status": ("exlibris-portal", ("EU03",)),
    }


def test_packaged_contacts_equal_the_paper_without_invented_hours() -> None:
    assert HANDBOOK.contacts == {
        "codis": Contact(
            "codis",
            telephones=(
                Telephone("97180", "+41223797180", "G. Segev", WORKDAYS),
                Telephone("97294", "+41223797294", "F. Walther", WORKDAYS),
                Telephone("97115", "+41223797115", "P. Iriarte", WORKDAYS),
            ),
            weekdays=WORKDAYS,
        ),
        "cad": Contact(
            "cad",
            telephones=(Telephone("(022 37) 97000", "+41223797000"),),
            ticket="https://dw.unige.ch/",
        ),
    }


def test_packaged_desk_codes_are_unconfirmed() -> None:
    assert len(HANDBOOK.desks) >= 2
    assert not any(desk.confirmed for desk in HANDBOOK.desks.values())


def lines(words: Any) -> Iterator[str]:
    """Yield every line of text in a handbook's words."""
    if isinstance(words, str):
        yield words
    elif isinstance(words, tuple):
        for word in words:
            yield from lines(word)
    elif is_dataclass(words):
        for field in fields(words):
            yield from lines(getattr(words, field.name))
    elif words is not None:
        for word in words.values():
            yield from lines(word)


# French text has narrow no-break spaces, ’ instead of ', and no exclamation marks.
UNTIDY_FRENCH = re.compile(r"'|!|\.\.\.|(?<!\u202f)[;?»]|(?<![\u202f])(?<!https):|«(?!\u202f)|  ")


def test_packaged_french_typography() -> None:
    assert [line for line in lines(HANDBOOK.words["fr"]) if UNTIDY_FRENCH.search(line)] == []


def test_packaged_english_typography() -> None:
    untidy = re.compile(r"'|!|\.\.\.|\u202f|[«»]|  ")
    assert [line for line in lines(HANDBOOK.words["en"]) if untidy.search(line)] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_packaged_languages_have_the_same_placeholders(language: str) -> None:
    def slots(words: Any) -> dict[str, list[bool]]:
        return {key: [bool(line) for line in lines(text)] for key, text in words.items()}

    words, french = HANDBOOK.words[language], HANDBOOK.words["fr"]
    assert slots(words.steps) == slots(french.steps)
    assert slots(words.targets) == slots(french.targets)
    assert slots(words.contacts) == slots(french.contacts)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_packaged_answers_say_where_they_lead(language: str) -> None:
    for step in HANDBOOK.procedure.steps.values():
        words = HANDBOOK.words[language].steps[step.key].answers or {}
        for answer in step.answers:
            assert re.findall(r"\b[ABC]\d\b", words[answer.key].then) == [answer.to]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_packaged_remarks_lead_to_the_steps_of_the_paper(language: str) -> None:
    steps = HANDBOOK.words[language].steps
    assert steps["A2"].remark.endswith(" B2.")
    assert steps["B1"].remark.endswith(" C1.")
    assert steps["B1"].when_closed is not None
    assert steps["B1"].when_closed.then.endswith(" C1.")


def test_packaged_texts_keep_the_papers_doubts_and_warnings() -> None:
    french = HANDBOOK.words["fr"]
    assert "à confirmer" in french.contacts["cad"].when
    assert french.steps["A2"].title == "Alma marche-t-il correctement chez vos collègues\u202f?"
    assert "en partie" in french.steps["A2"].help
    assert "pour les trois pages" in french.steps["A1"].remark
    assert all(
        "Accès professionnel requis." in french.targets[page].note
        for page in HANDBOOK.procedure.steps["A1"].targets
    )
    assert "EMEA / Platform EU03" in french.steps["A1"].help
    assert "VDI" in french.steps["A2"].remark
    assert (french.steps["A4"].answers or {})["yes"].then.startswith("Travaillez par l’adresse")
    assert any("chariot" in line for line in french.steps["C1"].doing)
    assert "jamais deux à la fois" in french.steps["C1"].help
    assert "Aucun retour n’est enregistré" not in " ".join(lines(french.steps["C1"]))
    assert any("F4" in line for line in french.steps["C1"].doing)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_packaged_texts_mark_the_same_additions_in_both_languages(language: str) -> None:
    def marks(words: Any) -> dict[str, list[int]]:
        return {key: [line.count(" (note)") for line in lines(text)] for key, text in words.items()}

    words, french = HANDBOOK.words[language], HANDBOOK.words["fr"]
    assert marks(words.steps) == marks(french.steps)
    assert marks(words.targets) == marks(french.targets)
    assert marks(words.contacts) == marks(french.contacts)
    marked = {key for key, counts in marks(words.steps).items() if any(counts)}
    assert marked == {"A2", "A4", "B1", "C1"}
    # The mark "(note)" follows the end of a sentence.
    assert [
        line for line in lines(words) if re.search(r"\(note\)(?! |$)|(?<![.?]) \(note\)", line)
    ] == []
