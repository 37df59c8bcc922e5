"""The reports of several workstations on the page: columns, vendor status and status bar."""

import re
from pathlib import Path
from typing import Any

import panel as pn
import pytest

from dashboard.cli.run_drill import LIBRARIES
from dashboard.core.context import AppContext
from dashboard.guide.guide import Guide
from dashboard.monitoring.grid_view import GridPanel
from dashboard.monitoring.workstation_name import WorkstationName
from dashboard.monitoring.workstation_name_view import WorkstationNameView
from dashboard.monitoring.workstations import Workstations
from dashboard.monitoring.workstations_view import WorkstationsView
from dashboard.outage.planned_work import PlannedWorkState
from dashboard.outage.planned_work_view import PlannedWorkView
from dashboard.settings import PACKAGED_HANDBOOK
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.model import Status
from procedure.status_pages.status import PageStatus
from tests.support.clock import Clock
from tests.support.page_models import outage_of, record_round, status_bar, workstations_of

ALMA = ("alma-saml", "alma-secours")


def band(workstations: Workstations, code: str = "fr", query: str = "") -> str:
    diagnosis, session = workstations.diagnosis, workstations.diagnosis.session
    guide = Guide(context=workstations.context, session=session, grid=workstations.grid)
    guide.apply_address(query)
    diagnosis.updates.refresh()
    shown = status_bar(workstations, guide, code).__panel__().html
    headline = re.findall(r"<h1>(.*?)</h1>", shown, flags=re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", "", headline).split())


def bare(view: Any) -> str:
    shown = view.__panel__().html
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", shown)).split())


@pytest.fixture
def watched(context: AppContext, watch) -> AppContext:
    for key in context.handbook.current.targets:
        watch.see(key, Status.UP)
    return context


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_view_opens_in_both_languages(watched: AppContext, code: str) -> None:
    workstations, shown_in = workstations_of(watched), language(code)
    record_round(workstations.diagnosis, alma=True)
    workstations.diagnosis.report(works=False, about="<b>la recherche</b>")
    workstations.list_all()
    planned_work, naming = (
        PlannedWorkState(diagnosis=workstations.diagnosis),
        WorkstationName(diagnosis=workstations.diagnosis),
    )
    planned_work.plan("2026-11-29T02:00", "2026-11-29T04:00", "<i>x</i>")
    planned_work.open()
    naming.open()
    views = (
        GridPanel(workstations=workstations, language=shown_in),
        WorkstationsView(workstations=workstations, language=shown_in),
        PlannedWorkView(planned_work=planned_work, language=shown_in),
        WorkstationNameView(form=naming, language=shown_in),
    )
    for view in views:
        pane = view.__panel__()
        assert isinstance(pane, LiveHTML)
        assert pn.panel(pane).get_root() is not None
        assert "<b>la" not in pane.html
        assert "<i>x" not in pane.html


def test_columns_have_counts_and_the_total(watched: AppContext, clock: Clock) -> None:
    workstations = workstations_of(watched)
    record_round(workstations.diagnosis, alma=True)
    for workstation in ("pc-2", "pc-3"):
        record_round(workstations_of(watched, workstation, "CMU").diagnosis, alma=False)
    clock.pass_by(seconds=3)
    workstations.updates.refresh()
    text = bare(GridPanel(workstations=workstations, language=language("fr")))
    assert "Serveur relevé à 12:00 Uni CMU 2 postes Uni Mail 1 poste Postes y arrivent" in text
    assert "1 sur 3" in text
    assert "Pas testé depuis les postes" in text
    workstations.grid.choose("alma-saml/@Uni CMU")
    opened = bare(GridPanel(workstations=workstations, language=language("fr")))
    assert "0 poste sur 2 y arrive." in opened
    assert "Ce qu’un navigateur peut savoir" in opened


def test_vendors_status_is_under_the_page_name(watched: AppContext, clock: Clock) -> None:
    workstations = workstations_of(watched)
    grid = GridPanel(workstations=workstations, language=language("fr"))
    assert bare(grid).count("répond, à lire vous-même") == 3
    grid.__panel__().receive({"act": "word", "value": "exlibris-status/incident"})
    assert "Lu par une personne : Incident annoncé à 12:00" in bare(grid)
    grid.__panel__().receive({"act": "word", "value": "exlibris-status/unknown"})
    grid.__panel__().receive({"act": "word", "value": "nonsense"})
    clock.pass_by(minutes=15)
    workstations.diagnosis.updates.refresh()
    assert "Pas lue depuis 12:00" in bare(grid)


def test_band_says_where_the_fault_is(watched: AppContext, clock: Clock) -> None:
    here, there = workstations_of(watched), workstations_of(watched, "pc-2", "CMU")
    assert band(here) == "Tout répond. Rien à faire."
    record_round(here.diagnosis, alma=False)
    record_round(there.diagnosis, alma=True)
    assert band(here) == "Votre poste seul n’atteint pas Alma. Prêtez en secours."
    assert band(there) == (
        "Alma répond. Un seul poste ne l’atteint pas : pc-1. S’il échoue ici, prêtez en secours."
    )
    assert band(here, "en") == "Only your workstation does not reach Alma. Lend offline."
    assert band(here, query="walk=A1.no-A2.yes&step=B1") == band(here)


def test_band_advises_lending_whatever_the_answers(watched: AppContext, clock: Clock) -> None:
    here, there = workstations_of(watched), workstations_of(watched, "pc-2", "CMU")
    for workstations in (here, there):
        record_round(workstations.diagnosis, alma=False)
    for key in ALMA:
        watched.watches.probes.see_enough(key, Status.DOWN)  # type: ignore[attr-defined]
    here.grid.updates.refresh()
    for page in here.diagnosis.pages:
        here.diagnosis.read(page, PageStatus.OK)
    text = "Alma ne répond plus nulle part depuis 11:59. Prêtez en secours."
    path = "walk=A1.no-A2.no-A3.yes-A4.no&step=B2"
    assert (band(here), band(here, query=path)) == (text, text)
    assert band(here, "en").endswith("Lend offline.")


def test_band_advises_lending_until_a_declared_outage_ends(watched: AppContext) -> None:
    workstations = workstations_of(watched)
    outage = outage_of(watched, workstations.diagnosis.session)
    outage.declare("Alma")
    well = "Alma répond depuis 12:00."
    for query in ("", "walk=A1.yes&step=C1"):
        assert band(workstations, query=query) == f"{well} Prêtez encore ici."
    record_round(workstations.diagnosis, alma=False)
    record_round(workstations_of(watched, "pc-2").diagnosis, alma=True)
    text = "Votre poste seul n’atteint pas Alma."
    assert band(workstations) == f"{text} Prêtez en secours."
    record_round(workstations.diagnosis, alma=True)
    outage.send_message({}, lending=False)
    assert band(workstations) == f"{well} Suivez la coordination."
    outage.end()
    assert band(workstations) == "Tout répond. Rien à faire."


def test_band_names_vdi_sites_and_reports(watched: AppContext, clock: Clock) -> None:
    record_round(workstations_of(watched, "pc-1").diagnosis, alma=True)
    for place in (2, 3):
        record_round(workstations_of(watched, f"pc-{place}", vdi=True).diagnosis, alma=False)
    assert "Seuls les postes VDI n’atteignent pas Alma : 2 sur 3." in band(workstations_of(watched))
    for place in (2, 3):
        record_round(workstations_of(watched, f"pc-{place}", "CMU").diagnosis, alma=False)
    assert "Alma n’est plus atteint depuis Uni CMU, ailleurs il l’est." in band(
        workstations_of(watched)
    )
    clock.pass_by(minutes=31)
    for desk in ("MAIL", "CMU"):
        workstations_of(watched, desk.lower(), desk).diagnosis.report(works=False)
    assert "postes disent qu’il ne marche pas" in band(workstations_of(watched))


def test_name_is_stored_by_the_browser_first(watched: AppContext) -> None:
    naming = WorkstationName(diagnosis=workstations_of(watched, "poste-1a2b").diagnosis)
    view = WorkstationNameView(form=naming, language=language("fr"))
    assert "poste sans nom" in bare(view)
    assert "data-remember" not in view.__panel__().html
    pane = view.__panel__()
    pane.receive({"act": "naming", "value": ""})
    assert "D’après le guichet choisi : Uni Mail, prêt." in bare(view)
    fields = {"place": "prêt 2", "vdi": "1"}
    pane.receive({"act": "name", "value": "", "fields": fields})
    assert 'data-remember="relais_workstation" data-value="prêt 2"' in pane.html
    assert 'data-remember="relais_vdi" data-value="1"' in pane.html


@pytest.mark.parametrize(
    ("library", "code", "asked"),
    [
        (PACKAGED_HANDBOOK, "fr", "C’est une session VDI"),
        (PACKAGED_HANDBOOK, "en", "This is a VDI session"),
        (PACKAGED_HANDBOOK, "de", "VDI-Sitzung"),
        (LIBRARIES / "koha-example", "en", None),
    ],
)
def test_name_form_asks_about_vdi_if_the_handbook_does(
    context: AppContext, library: Path, code: str, asked: str | None
) -> None:
    context.handbook.current = load_handbook(library)
    naming = WorkstationName(diagnosis=workstations_of(context).diagnosis)
    naming.open()
    shown = bare(WorkstationNameView(form=naming, language=language(code)))
    assert ("VDI" in shown) == (asked is not None)
    assert (asked or "") in shown
