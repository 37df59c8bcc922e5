"""The observations, the report from this workstation, and the contacts to call."""

from collections.abc import Mapping

import param

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.guide.contact_card import contact_card
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.guide.guide_view import OFFER
from dashboard.guide.seen_text import kinds_of, seen_lines
from dashboard.monitoring.report_values import add_word, report_values
from dashboard.monitoring.workstations import Workstations
from dashboard.translations import Language
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once


class SeenView(HtmlView):
    """The failing addresses, two buttons for reports from staff, and the contacts."""

    guide_phase = needs(GuidePhase)
    workstations = needs(Workstations)
    refusal = param.String(doc="Why the last action was refused; empty if it succeeded.")
    css_classes = ("seeing",)

    @param.depends(
        *OFFER,
        "refusal",
        "guide_phase.phase",
        "guide_phase.outage.record",
        "guide_phase.suggested_path.guide.session.visitor",
        "guide_phase.suggested_path.guide.is_drawn",
        "workstations.grid.cells",
        "workstations.summaries",
        "workstations.reports",
        "workstations.diagnosis.reported_here",
        "workstations.listed",
    )
    @computed_once
    def _html(self) -> str:
        phase, language = self.guide_phase, self.language
        if phase.phase is not GuideMode.ASK:
            return ""
        path, guide = phase.suggested_path, phase.suggested_path.guide
        person, steps = guide.session.person, guide.procedure.steps
        end = steps[path.end] if path.end else None
        called = [(step, step.contact) for step in steps.values() if step.contact]
        return render(
            "guide/seen",
            language,
            lines=seen_lines(self.workstations, language),
            last_round=self.workstations.grid.last_round,
            listed=self.workstations.listed,
            drawn=guide.is_drawn,
            reports=person.may(Permission.REPORT),
            end=end if end and end.contact else None,
            arrive=guide.walk.to_address() if path.reached else "",
            cards={step.key: contact_card(guide, key, language) for step, key in called},
            words=guide.handbook.words[language.code].steps,
            tell=_tell(self.workstations, language),
            record=phase.outage.record if person.may(Permission.ANSWER) else None,
            refusal=self.refusal,
            **report_values(self.workstations),
        )

    def _act(self, act: str, value: str) -> None:
        guide, workstations = self.guide_phase.suggested_path.guide, self.workstations
        if act == "report":
            self.refusal = try_action(lambda: self._report(works=value == "yes"), self.language)
        elif act == "reached":
            self.refusal = try_action(lambda: guide.reached(value), self.language)
        elif act == "all":
            workstations.list_all()
        elif act == "path":
            guide.draw()

    def _report(self, *, works: bool) -> None:
        """Record a report; close the procedure if it shows that nothing is wrong."""
        self.workstations.diagnosis.report(works=works)
        path = self.guide_phase.suggested_path
        if works and path.is_quiet:
            path.guide.close()

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "about":
            add_word(self.workstations, fields)


def _tell(workstations: Workstations, language: Language) -> str:
    """Return what to say on the telephone; empty if the server sees no failure."""
    grid = workstations.grid
    if not grid.state.failing or grid.state.since is None:
        return ""
    failing = [cell for cell in grid.cells if cell.target in grid.state.targets]
    return language.say(
        "Dites\u202f: en échec depuis {since}, {what}.",
        since=language.moment(grid.state.since, workstations.context.clock.now(), short=True),
        what=", ".join(kinds_of(failing, workstations.updates.handbook, language)),
    )
