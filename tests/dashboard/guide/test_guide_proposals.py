"""What the guide proposes is selected, has its reason, and is confirmed by one button."""

import re

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.ui.live_html import LiveHTML
from procedure.status_pages.status import PageStatus
from tests.dashboard.guide.test_guide_page import ANSWER, opened
from tests.support.page_models import record_round

ALMA = ("alma-saml", "alma-secours")
CONFIRM = 'data-act="confirm" data-value="{}" data-press=" "'


class Screen:
    """The guide of one workstation, at the first question."""

    def __init__(self, context: AppContext, code: str = "fr") -> None:
        self.guide, self.page = opened(context, "step=A1", code, workstation="pc-1", desk="MAIL")
        self.here, self.place = self.page.workstations.diagnosis, self.page.__panel__()
        beside = Session(workstation="pc-2", desk="CMU")
        self.there = DiagnosisState(context=context, session=beside, grid=self.here.grid)

    def gather(self) -> None:
        """Give every question its evidence: nothing announced, Alma fails at both workstations."""
        for one in (self.there, self.here):
            record_round(one, alma=False)
        for page in self.here.pages:
            self.here.read(page, PageStatus.OK)
        self.here.updates.refresh()

    @property
    def html(self) -> str:
        return "".join(view.html for view in self.place.select(LiveHTML))

    def answers(self) -> dict[str, list[str]]:
        answers = ANSWER.findall(self.html)
        return {label: classes.split()[1:] for classes, _, label in answers}

    def press(self, act: str, value: str = "") -> None:
        panes = [view for view in self.place.select(LiveHTML) if f'data-act="{act}"' in view.html]
        panes[0].receive({"act": act, "value": value})


@pytest.fixture
def screen(context: AppContext) -> Screen:
    made = Screen(context)
    made.gather()
    return made


def test_proposals_without_evidence_select_nothing_and_say_why(context: AppContext) -> None:
    screen = Screen(context)
    assert screen.answers() == {"Oui": [], "Non": []}
    assert "Pas de proposition\u202f: aucune des trois pages n’a été lue récemment." in screen.html
    assert "Rien n’est présélectionné." in screen.html
    assert 'data-act="confirm"' not in screen.html
    assert "btn--main" not in "".join(
        view.html for view in screen.place.select(LiveHTML) if 'data-key="lend"' in view.html
    )


def test_proposals_show_the_whole_path_with_reasons(screen: Screen) -> None:
    assert screen.answers() == {"Oui": [], "Non": ["reply--proposed"]}
    for text in (
        "Les trois pages n’annoncent rien.",
        "Le seul autre poste connu n’y arrive pas.",
        "Une adresse répond depuis ce poste.",
        "Aucune des deux adresses ne répond depuis ce poste.",
        "A1 <b>non</b>, A2 <b>non</b>, A3 <b>oui</b>, A4 <b>non</b>",
        "Confirmer les quatre réponses",
        "Ensuite B2\u202f: Signalez la panne au CAD",
        "Voir tout le chemin",
        CONFIRM.format("A1.no-A2.no-A3.yes-A4.no"),
    ):
        assert text in screen.html
    # Until somebody answers, to lend is the only filled button.
    assert [screen.html.count(name) for name in ("btn--main", "Prêter maintenant")] == [1, 1]


def test_one_button_is_filled_through_a_declared_outage(screen: Screen) -> None:
    outage = screen.page.outage

    def filled() -> list[str]:
        return re.findall(r'"btn btn--main[^>]*data-key="([^"]+)"', screen.html)

    assert filled() == ["lend"]
    outage.declare("Alma")
    assert filled() == ["lend"]
    outage.well_since = outage.context.now()  # Alma answers again, C1 is in force
    assert filled() == ["lend"]
    screen.press("confirm", screen.page.suggested_path.shown)
    assert filled() == ["lend"]


def test_proposals_in_english(context: AppContext) -> None:
    screen = Screen(context, "en")
    screen.gather()
    for text in ("Confirm the four answers", "The three pages report nothing.", "One by one"):
        assert text in screen.html
    assert "No suggestion" not in screen.html


def test_proposals_outdated_confirm_nothing_and_say_so_once(screen: Screen) -> None:
    sentence = "Les relevés viennent de changer\u202f: rien n’a été répondu"
    screen.here.read("exlibris-status", PageStatus.INCIDENT)
    screen.press("confirm", "A1.no-A2.no-A3.yes-A4.no")
    assert (screen.guide.step, sentence in screen.html) == ("A1", True)
    assert "Une des trois pages annonce un incident." in screen.html
    screen.press("confirm", "A1.yes")
    assert (screen.guide.step, sentence in screen.html) == ("C1", False)


def test_proposals_show_status_pages_under_their_question(screen: Screen) -> None:
    (pages,) = [
        view for view in screen.place.select(LiveHTML) if "status-pages" in view.css_classes
    ]
    assert pages.visible
    screen.press("confirm", "A1.no-A2.no-A3.yes-A4.no")
    assert not pages.visible
