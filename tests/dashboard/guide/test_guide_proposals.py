"""The guide shows a reason next to each suggestion, and one button confirms them all."""

import re

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.ui.live_html import LiveHTML
from procedure.status_pages.status import PageStatus
from tests.dashboard.guide.test_guide_page import html, opened
from tests.support.page_models import record_round

CONFIRM = 'data-act="confirm" data-value="{}" data-hotkey=" "'


class Screen:
    """The guide on one workstation, at the first question, and the diagnosis on another."""

    def __init__(self, context: AppContext, code: str = "fr") -> None:
        self.guide, self.page = opened(context, "step=A1", code, workstation="pc-1", desk="MAIL")
        self.here, self.place = self.page.workstations.diagnosis, self.page.__panel__()
        beside = Session(workstation="pc-2", desk="CMU")
        self.there = DiagnosisState(context=context, session=beside, grid=self.here.grid)

    def gather(self) -> None:
        """Add evidence for every question: nothing announced, Alma down at both workstations."""
        for diagnosis in (self.there, self.here):
            record_round(diagnosis, alma=False)
        for page in self.here.pages:
            self.here.read(page, PageStatus.OK)
        self.here.updates.refresh()

    @property
    def html(self) -> str:
        return html(self.page)

    def press(self, act: str, value: str = "") -> None:
        panes = [view for view in self.place.select(LiveHTML) if f'data-act="{act}"' in view.html]
        panes[0].receive({"act": act, "value": value})


@pytest.fixture
def screen(context: AppContext) -> Screen:
    made = Screen(context)
    made.gather()
    return made


def test_question_without_evidence_asks_and_says_why(context: AppContext) -> None:
    screen = Screen(context)
    assert "Aucune des trois pages n’a été lue récemment." in screen.html
    assert "Personne n’attend\u202f? Répondez." in screen.html
    assert ("proposé" in screen.html, 'data-act="confirm"' in screen.html) == (False, False)


def test_proposals_show_the_whole_path_with_reasons(screen: Screen) -> None:
    for text in (
        "Les trois pages n’annoncent rien.",
        "Le seul autre poste connu n’y arrive pas.",
        "Une adresse répond depuis ce poste.",
        "Aucune des deux adresses ne répond depuis ce poste.",
        "Confirmer A1 à A4, donc B2",
        "Ensuite, B2\u202f: signalez la panne au CAD",
        CONFIRM.format("A1.no-A2.no-A3.yes-A4.no"),
    ):
        assert text in screen.html
    assert screen.html.count("proposé") == 4
    # Only the lending button is filled, before and after the answers.
    assert screen.html.count("btn--main") == 1
    screen.press("confirm", "A1.no-A2.no-A3.yes-A4.no")
    assert "Vos réponses mènent à B2." in screen.html
    assert (screen.html.count("btn--main"), "proposé" in screen.html) == (1, False)


def test_first_answer_leads_to_lending_and_the_others_are_not_asked(screen: Screen) -> None:
    screen.here.read("exlibris-status", PageStatus.INCIDENT)
    assert "Confirmer\u202f: oui à A1, donc C1" in screen.html
    assert "Annoncé\u202f: Ex Libris, EU03 (12:00). Rien\u202f: DIS, états, SLSP." in screen.html
    assert screen.html.count("pas demandé") == 3
    assert re.findall(r'data-act="change" data-value="(\w+)"', screen.html) == ["A1"]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        (
            "en",
            ("Confirm A1 to A4, so B2", "The three pages report nothing.", "Nobody is waiting?"),
        ),
        ("de", ("A1 bis A4 bestätigen, also B2", "Niemand wartet? Bestätigen Sie.")),
    ],
)
def test_proposals_in_other_languages(
    context: AppContext, code: str, texts: tuple[str, ...]
) -> None:
    screen = Screen(context, code)
    screen.gather()
    assert [text for text in texts if text not in screen.html] == []


def test_outdated_proposals_confirm_nothing_and_say_so_once(screen: Screen) -> None:
    sentence = "Les relevés viennent de changer\u202f: rien n’a été répondu"
    screen.here.read("exlibris-status", PageStatus.INCIDENT)
    screen.press("confirm", "A1.no-A2.no-A3.yes-A4.no")
    assert (screen.guide.step, sentence in screen.html) == ("A1", True)
    screen.press("confirm", "A1.yes")
    assert (screen.guide.step, sentence in screen.html) == ("C1", False)


def test_status_pages_are_read_where_their_question_is_answered(context: AppContext) -> None:
    screen = Screen(context)
    assert screen.html.count('data-act="word"') == 6  # incident and work, for each of three pages
    screen.press("nothing", "etats-unige slsp-psi exlibris-status")
    assert 'data-act="word"' not in screen.html
    screen.press("change", "A1")
    assert screen.html.count("corriger") == 3
    screen.press("word", "slsp-psi/incident")
    assert "Annoncé\u202f: SLSP (12:00)." in screen.html
