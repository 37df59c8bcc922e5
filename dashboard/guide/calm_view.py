"""The guide's view while all is well."""

from collections.abc import Iterator
from dataclasses import dataclass

import param

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.guide.seen_text import kinds_of
from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.cell_text import cell_text
from dashboard.monitoring.status_pages_text import status_page_texts
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once
from procedure.diagnosis.evidence import roles_of
from procedure.monitoring.model import Status


@dataclass(frozen=True, slots=True)
class Watched:
    """A kind of address: its name, the addresses, and their state as a shape and words."""

    name: str
    addresses: str
    shape: str
    state: str


class CalmView(HtmlView):
    """The watched addresses and their state, a button to report a failure, and the last outage."""

    guide_phase = needs(GuidePhase)
    workstations = needs(Workstations)
    refusal = param.String(doc="Why the last action was refused; empty if it succeeded.")
    css_classes = ("one",)

    @param.depends(
        "refusal",
        "guide_phase.phase",
        "guide_phase.suggested_path.guide.session.visitor",
        "workstations.updates.handbook",
        "workstations.grid.cells",
        "workstations.grid.last_outage",
        "workstations.quorum",
        "workstations.diagnosis.page_statuses",
    )
    @computed_once
    def _html(self) -> str:
        grid, language = self.workstations.grid, self.language
        if self.guide_phase.phase is not GuideMode.CALM:
            return ""
        return render(
            "guide/calm",
            language,
            reports=self.guide_phase.session.person.may(Permission.REPORT),
            quorum=self.workstations.quorum,
            last_round=grid.last_round,
            watched=list(_watched(self.workstations, language)),
            last_outage=grid.last_outage,
            words=self.workstations.updates.handbook.words[language.code].targets,
            refusal=self.refusal,
        )

    def _act(self, act: str, _: str) -> None:
        if act == "fails":
            self.refusal = try_action(self._report_failure, self.language)

    def _report_failure(self) -> None:
        self.workstations.diagnosis.report(works=False)
        self.guide_phase.suggested_path.guide.begin()


def _watched(workstations: Workstations, language: Language) -> Iterator[Watched]:
    """Yield the kinds of addresses in the handbook: Alma, status pages, Internet, others."""
    handbook, grid = workstations.updates.handbook, workstations.grid
    words = handbook.words[language.code].targets
    pages = roles_of(handbook.targets.values()).pages
    for name, of_kind in kinds_of(grid.cells, handbook, language).items():
        addresses = ", ".join(words[cell.target].name for cell in of_kind)
        failing = [cell for cell in of_kind if cell.status is not Status.UP]
        if failing:
            shape, state = _worst(failing, workstations, language)
        elif of_kind[0].target in pages:
            shape, state = _announced(workstations, language)
        else:
            shape, state = "up", _answers(of_kind, workstations, language)
        yield Watched(name, addresses, shape, state)


def _answers(cells: list[GridCell], workstations: Workstations, language: Language) -> str:
    """Return the text for targets that answer, with the number of workstations that reach them."""
    totals = [workstations.summaries.get(cell.target, ())[-1:] for cell in cells]
    first = totals[0][0] if totals[0] else None
    if first is None or not first.of or not all(totals):
        return language.say("Répond") if len(cells) == 1 else language.say("Répondent")
    if first.reach == first.of:
        return language.plural(
            "Répond sur {count} poste", "Répond sur les {count} postes", first.of
        )
    return language.plural(
        "Répond sur {count} poste sur {of}",
        "Répond sur {count} postes sur {of}",
        first.reach,
        of=first.of,
    )


def _announced(workstations: Workstations, language: Language) -> tuple[str, str]:
    """Return a shape, and the status pages' announcement or a prompt to read the pages."""
    texts = status_page_texts(workstations.diagnosis, language).values()
    loud = next((text for text in texts if text.loud), None)
    if loud is not None:
        return loud.shape, loud.text
    if any(text.ask for text in texts):
        return "unknown", language.say("À lire vous-même")
    return "up", language.say("Rien d’annoncé")


def _worst(
    cells: list[GridCell], workstations: Workstations, language: Language
) -> tuple[str, str]:
    """Return the worst state among the targets, as a shape and words."""
    order = (Status.DOWN, Status.SLOW, Status.UNKNOWN)
    worst = min(cells, key=lambda cell: order.index(cell.status))
    text = cell_text(worst, language, workstations.context.clock.now())
    return text.shape, ", ".join(filter(None, (text.word, text.reason)))
