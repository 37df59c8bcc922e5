"""The view of the diagnosis."""

import param

from dashboard.core.state import needs
from dashboard.monitoring.diagnosis_text import fault_name, observation, reason_text
from dashboard.monitoring.workstations import Workstations
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once
from procedure.diagnosis.rules import FaultLocation


class DiagnosisView(HtmlView):
    """The diagnosis with its reasons, below the grid; empty while all is well."""

    workstations = needs(Workstations)

    @param.depends("workstations.diagnosis.result")
    @computed_once
    def _html(self) -> str:
        diagnosis, language = self.workstations.diagnosis.result, self.language
        if diagnosis.fault is FaultLocation.NOTHING and not diagnosis.against:
            return ""
        return render(
            "monitoring/diagnosis",
            language,
            place=fault_name(diagnosis.fault, language),
            grounds=[reason_text(ground, language) for ground in diagnosis.grounds],
            against=[reason_text(reason, language) for reason in diagnosis.against],
            others=[fault_name(other, language) for other in diagnosis.others],
            decides=observation(diagnosis.decides, language) if diagnosis.decides else "",
        )
