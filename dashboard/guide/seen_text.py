"""The lines of the guide's summary of the observations.

Each address that does not answer everywhere has a line of its own; all others share a line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dashboard.monitoring.cell import GridCell, SiteSummary
from dashboard.monitoring.cell_text import cell_text, site_text
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from procedure.diagnosis.evidence import roles_of
from procedure.handbook.model import Handbook
from procedure.monitoring.model import Status

BAD = (Status.DOWN, Status.SLOW)


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line about one address, or about all those that answer everywhere.

    `reach` says how many workstations reach the address, or only whether it answers.
    """

    shape: str
    name: str
    why: str
    reach: str


def seen_lines(workstations: Workstations, language: Language) -> tuple[SeenLine, ...]:
    """Return the lines of « Ce que nous voyons », failures first."""
    cells = workstations.grid.cells
    answering = [cell for cell in cells if workstations.answers_everywhere(cell.target)]
    others = [cell for cell in cells if cell not in answering]
    lines = sorted(
        (_line(cell, workstations, language) for cell in others),
        key=lambda line: line.shape not in BAD,
    )
    return (*lines, *_rest(answering, workstations, language, alone=not others))


def _line(cell: GridCell, workstations: Workstations, language: Language) -> SeenLine:
    name = workstations.updates.handbook.words[language.code].targets[cell.target].name
    text = cell_text(cell, language, workstations.context.clock.now())
    summaries = workstations.summaries.get(cell.target, ())
    total = summaries[-1] if summaries else SiteSummary(cell.target, "")
    reach = _reach(total, language) if total.of else text.word
    statuses = {cell.status, total.status} - {Status.UNKNOWN}
    if statuses <= {Status.UP} and (cell.doubtful or cell.flapping):
        why = ", ".join(filter(None, (text.reason, text.remark)))
        return SeenLine(Status.SLOW.value, name, why, reach)
    if not total.of:
        return SeenLine(text.shape, name, text.reason or text.remark, reach)
    status = Status.DOWN if Status.DOWN in statuses else total.status
    why = text.reason if cell.status is Status.DOWN else site_text(total, language).reason
    return SeenLine(status.value, name, _with_places(why, summaries, language), reach)


def _reach(total: SiteSummary, language: Language) -> str:
    return language.plural(
        "{count} poste sur {of}", "{count} postes sur {of}", total.reach, of=total.of
    )


def _with_places(why: str, summaries: tuple[SiteSummary, ...], language: Language) -> str:
    """Return the reason with the names of the failing sites, or a remark that all sites fail."""
    say = language.say
    sites = [summary for summary in summaries[:-1] if summary.of]
    failing = [summary for summary in sites if summary.reach < summary.of]
    if not failing:
        return why
    if not any(summary.reach for summary in sites):
        where = say("partout")
    else:
        where = ", ".join(summary.group[1:] or say("Sans guichet") for summary in failing)
    return ", ".join(filter(None, (why, where)))


def _rest(
    cells: list[GridCell], workstations: Workstations, language: Language, *, alone: bool
) -> Iterator[SeenLine]:
    if not cells:
        return
    count, plural = len(cells), language.plural
    name = (
        plural("L’adresse", "Les {count} adresses", count)
        if alone
        else plural("L’autre adresse", "Les {count} autres adresses", count)
    )
    kinds = ", ".join(kinds_of(cells, workstations.updates.handbook, language))
    answer = language.say("Répond") if count == 1 else language.say("Répondent")
    yield SeenLine("up", name, kinds, answer)


def kinds_of(
    cells: Iterable[GridCell], handbook: Handbook, language: Language
) -> dict[str, list[GridCell]]:
    """Group targets by kind: Alma, the status pages, the Internet, and others."""
    say, roles = language.say, roles_of(handbook.targets.values())
    kinds: dict[str, list[GridCell]] = {}
    for cell in cells:
        if cell.target in {*roles.ways_in, *roles.system}:
            kind = say("Alma")
        elif cell.target in roles.pages:
            kind = say("Pages d’état")
        else:
            kind = say("Internet") if cell.target in roles.outside else say("Aide et outils")
        kinds.setdefault(kind, []).append(cell)
    order = (say("Alma"), say("Pages d’état"), say("Internet"), say("Aide et outils"))
    return {kind: kinds[kind] for kind in order if kind in kinds}
