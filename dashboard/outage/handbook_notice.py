"""The notice below the status bar about handbook changes that have not taken effect yet."""

import param

from dashboard.core.state import needs
from dashboard.outage.outage import OutageState
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render

MOST_FAULTS = 3  # the maximum number of faults shown; `relais check` lists all of them


class HandbookNoticeView(HtmlView):
    """Shows the handbook's first faults, or the changed keys that take effect after a restart."""

    outage = needs(OutageState)
    role = "status"

    @param.depends("outage.updates.handbook_faults", "outage.updates.handbook_fixed")
    def _html(self) -> str:
        updates = self.outage.updates
        faults, fixed = updates.handbook_faults, updates.handbook_fixed
        if not self.outage.coordinates or not (faults or fixed):
            return ""
        return render(
            "outage/handbook_notice",
            self.language,
            faults=faults[:MOST_FAULTS],
            count=len(faults),
            more=len(faults) - MOST_FAULTS,
            fixed=fixed,
        )
