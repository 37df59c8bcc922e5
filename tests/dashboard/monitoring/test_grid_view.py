"""The grid, the status bar and the calm page as HTML, in French and English."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import panel as pn
import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.calm_view import CalmView
from dashboard.guide.guide import Guide
from dashboard.guide.status_bar import StatusBar
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language, language
from procedure.circulation.transactions import Loan
from procedure.errors import JournalDamaged, JournalGone, JournalUnwritable
from procedure.io.spool.spool import Spool
from procedure.io.spool.spool_line import Spooled
from procedure.monitoring.model import FailureCause, Hop, Phase, Phases, Status
from procedure.status_pages.status import PageStatus
from tests.support.page_models import calm_view, status_bar

UP, DOWN = Status.UP, Status.DOWN
HOPS = (Hop("https://alma.example.org/saml", 302), Hop("https://login.example.org/", None))


@pytest.fixture(params=["fr", "en"])
def shown_in(request: pytest.FixtureRequest) -> Language:
    return language(request.param)


@pytest.fixture
def grid(context: AppContext, watch) -> ProbeGrid:
    for key in context.handbook.current.targets:
        watch.see(key, UP)
    return ProbeGrid(context=context)


@pytest.fixture
def workstations(context: AppContext, grid: ProbeGrid) -> Workstations:
    diagnosis = DiagnosisState(
        context=context, session=Session(workstation="pc-1", desk="MAIL"), grid=grid
    )
    return Workstations(grid=grid, diagnosis=diagnosis)


@pytest.fixture
def guide(context: AppContext, grid: ProbeGrid) -> Guide:
    return Guide(context=context, session=Session(), grid=grid)


def html(view: GridPanel | StatusBar | CalmView) -> str:
    return view.__panel__().html


def text(view: GridPanel | StatusBar | CalmView) -> str:
    """Return the text that a view shows while the page is connected, with ordinary spaces."""
    bare = re.sub(
        r"<(svg|caption|span class=\"past).*?</(svg|caption|span)>",
        " ",
        html(view),
        flags=re.DOTALL,
    )
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def test_every_view_opens(
    grid: ProbeGrid, workstations: Workstations, guide: Guide, shown_in: Language
) -> None:
    for view in (
        GridPanel(workstations=workstations, language=shown_in),
        status_bar(workstations, guide, shown_in.code),
        calm_view(workstations, guide, shown_in.code),
    ):
        assert pn.panel(view).get_root() is not None


def test_each_target_has_a_row_under_its_step(grid: ProbeGrid, workstations: Workstations) -> None:
    page = html(GridPanel(workstations=workstations, language=language("fr")))
    assert re.findall(r'data-value="([^"]*)"', page) == [
        f"{cell.target}/server" for cell in grid.cells
    ]
    assert re.findall(r'rowspan="(\d+)" class="of"><b>(\w+)', page) == [
        ("3", "A1"),
        ("1", "A3"),
        ("2", "A4"),
        ("1", "B2"),
        ("1", "C1"),
    ]


def test_failure_has_shape_word_and_cause(
    grid: ProbeGrid, workstations: Workstations, watch, clock
) -> None:
    view = GridPanel(workstations=workstations, language=language("fr"))
    assert "cell--down" not in html(view)
    clock.pass_by(seconds=30)
    watch.see_enough("switch", DOWN, cause=FailureCause.STATUS, http_status=503)
    grid.updates.refresh()
    assert html(view).count('class="cell cell--down verdict"') == 1
    assert "Échoue" in text(view)
    assert "HTTP 503" in html(view)


def test_old_grid_has_nothing_green(
    grid: ProbeGrid, workstations: Workstations, guide: Guide, clock
) -> None:
    view = GridPanel(workstations=workstations, language=language("fr"))
    calm, band = calm_view(workstations, guide), status_bar(workstations, guide)
    clock.pass_by(hours=4)
    grid.updates.refresh()
    for part in (view, calm, band):
        assert "is-up" not in html(part)
        assert "cell--up" not in html(part)


def test_open_cell_shows_its_last_attempt(
    grid: ProbeGrid, workstations: Workstations, watch
) -> None:
    watch.see(
        "alma-saml",
        DOWN,
        at=grid.context.clock.now() + timedelta(seconds=1),
        cause=FailureCause.TIMEOUT,
        phase=Phase.FIRST_BYTE,
        latency_ms=10_000.0,
        phases=Phases(dns=3.1, connect=12.0, tls=30.0),
        hops=HOPS,
        final_url="https://login.example.org/",
    )
    view = GridPanel(workstations=workstations, language=language("fr"))
    grid.updates.refresh()
    grid.choose("alma-saml/server")
    page = text(view)
    assert 'aria-expanded="true"' in html(view)
    for part in (
        "login.example.org a accepté la demande, puis n’a rien répondu en 10 s.",
        "alma.example.org HTTP 302 login.example.org sans réponse",
        "Nom (DNS) 3 ms Connexion 12 ms Chiffrement (TLS) 30 ms Premier octet arrêt ici",
    ):
        assert part in page
    grid.choose("alma-saml/server")
    assert 'aria-expanded="true"' not in html(view)


def test_band_is_redrawn_only_when_its_message_changes(
    grid: ProbeGrid, workstations: Workstations, guide: Guide, watch, clock
) -> None:
    band, page = status_bar(workstations, guide), []
    assert "Tout répond. Rien à faire." in text(band)
    band.__panel__().param.watch(page.append, "html")
    clock.pass_by(seconds=30)
    for key in grid.context.handbook.current.targets:
        watch.see(key, UP)
    grid.updates.refresh()
    assert page == []
    clock.pass_by(seconds=30)
    watch.see_enough("alma-saml", DOWN)
    watch.see_enough("alma-secours", DOWN)
    grid.updates.refresh()
    assert len(page) == 1
    assert 'data-title="Alma ne répond plus · Relais"' in html(band)


def test_band_says_unannounced_once_the_answers_lead_to_a_contact(
    grid: ProbeGrid, workstations: Workstations, guide: Guide, watch, clock
) -> None:
    clock.pass_by(seconds=30)
    for key in ("alma-saml", "alma-secours"):
        watch.see_enough(key, DOWN)
    grid.updates.refresh()
    band = status_bar(workstations, guide)
    workstations.diagnosis.updates.refresh()
    for page in workstations.diagnosis.pages:
        workstations.diagnosis.read(page, PageStatus.OK)
    unannounced = "Aucune page ne l’annonce : à vous de le signaler (B2)."
    assert unannounced not in text(band)
    guide.answer("A1", "no")
    assert "Prêtez en secours." in text(band)
    guide.answer("A2", "vdi")
    assert unannounced in text(band)


def test_handbook_words_are_escaped(
    grid: ProbeGrid, workstations: Workstations, shown_in: Language
) -> None:
    words = grid.context.handbook.current.words[shown_in.code].targets
    words["switch"] = type(words["switch"])("<b>bold</b>", "<script>", "")
    page = html(GridPanel(workstations=workstations, language=shown_in))
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "&lt;b&gt;bold" in page


def test_calm_page_leads_into_the_procedure(
    grid: ProbeGrid, workstations: Workstations, guide: Guide
) -> None:
    calm = calm_view(workstations, guide)
    assert "Alma Alma, lien habituel, Alma, lien de secours Répondent" in text(calm)
    assert "Pages d’état DIS, états, SLSP, Ex Libris, EU03 À lire vous-même" in text(calm)
    calm.__panel__().receive({"act": "fails", "value": ""})
    assert (guide.is_open, text(calm)) == (True, "")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (JournalGone(""), "sa base de données n’est plus à sa place."),
        (JournalDamaged(""), "sa base de données est endommagée."),
    ],
)
def test_band_first_says_that_nothing_is_recorded(
    workstations: Workstations, guide: Guide, fault: JournalUnwritable, message: str
) -> None:
    band = status_bar(workstations, guide)
    usual = text(band)
    workstations.context.store.fault = fault
    workstations.diagnosis.updates.refresh()
    assert text(band).startswith(
        f"Relais n’enregistre plus rien : {message} Continuez à prêter, tout reste sur les postes, "
        "et prévenez la coordination. Serveur injoignable depuis"
    )
    assert 'data-title="Rien n’est enregistré · Relais"' in html(band)
    workstations.context.store.fault = None
    workstations.diagnosis.updates.refresh()
    assert text(band) == usual


def test_band_says_that_the_database_is_unreadable(
    workstations: Workstations, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise JournalUnwritable("The database cannot be opened")

    band = status_bar(workstations, guide)
    usual = text(band)
    with monkeypatch.context() as patched:
        patched.setattr(workstations.context.store.journal, "since", unreadable)
        workstations.diagnosis.updates.refresh()
        assert text(band).startswith(
            "Relais n’enregistre plus rien : sa base de données est illisible. "
        )
    workstations.diagnosis.updates.refresh()
    assert text(band) == usual


def test_band_says_that_loans_are_safe_in_the_spool(
    workstations: Workstations, guide: Guide, tmp_path: Path
) -> None:
    context = workstations.context
    spool = context.store.spool = Spool(
        tmp_path / "spool" / "relais", context.store.journal, context.store.notes
    )
    band, usual = status_bar(workstations, guide), text(status_bar(workstations, guide))

    def shown() -> str:
        workstations.diagnosis.updates.refresh()
        return text(band)

    context.store.fault = JournalGone("")
    assert shown().startswith(
        "La base de données de Relais ne s’écrit plus : les prêts sont en sécurité. "
        "Continuez à prêter et prévenez la coordination."
    )
    loans = [
        Spooled(Loan(id=UUID(int=number), at=context.clock.now(), desk="CMU", patron="P", item="i"))
        for number in (1, 2)
    ]
    spool.submit(*loans).result()
    waiting = (
        "La base de données de Relais ne s’écrit plus. Gardés à part sur le serveur : "
        "2 prêts et retours, pas encore dans les listes."
    )
    assert shown().startswith(waiting)
    assert 'data-title="Prêts gardés à part · Relais"' in html(band)
    context.store.fault = None
    assert shown().startswith(waiting)
    assert spool.bring_in()
    assert shown() == usual
    # A spool that cannot be written to offers no protection.
    context.store.fault = JournalGone("")
    spool.fault = "The spool cannot be written to"
    assert shown().startswith("Relais n’enregistre plus rien : ni sa base de données ni")
    spool.close()
