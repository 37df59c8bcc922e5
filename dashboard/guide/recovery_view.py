"""What to do once Alma answers again."""

import param

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.guide.guide_phase import GuideMode, GuidePhase
from dashboard.monitoring.workstations import Workstations
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render


class RecoveryView(HtmlView):
    """A panel without a question: it says where to lend now, and counts the loans."""

    guide_phase = needs(GuidePhase)
    workstations = needs(Workstations)
    refusal = param.String(doc="Why the last action was refused; empty if it succeeded.")
    css_classes = ("one",)

    @param.depends(
        "refusal",
        "guide_phase.phase",
        "guide_phase.lent",
        "guide_phase.outage.record",
        "guide_phase.suggested_path.guide.session.visitor",
        "workstations.diagnosis.reported_here",
    )
    def _html(self) -> str:
        phase, record = self.guide_phase, self.guide_phase.outage.record
        if phase.phase not in {GuideMode.LEND_ON, GuideMode.LENT}:
            return ""
        person = phase.session.person
        return render(
            "guide/recovery",
            self.language,
            lends=record is not None and record.lending,
            may_lend=person.may(Permission.LEND),
            reports=person.may(Permission.REPORT),
            all_desks=phase.sees_all_desks,
            lent=phase.lent,
            said=self.workstations.diagnosis.reported_here,
            refusal=self.refusal,
        )

    def _act(self, act: str, _: str) -> None:
        if act == "fails":
            diagnosis = self.workstations.diagnosis
            self.refusal = try_action(lambda: diagnosis.report(works=False), self.language)
