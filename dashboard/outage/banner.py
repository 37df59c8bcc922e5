"""What stands under the status bar: the banner, and the notice of a faulty handbook."""

import param

from dashboard.outage.outage import OutageState
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render

MOST_FAULTS = 3  # faults that are shown; `relais check` names all of them


class OutageBanner(HtmlView):
    """What is declared, C1, the message and the next news; else what is only suspected; or nothing.

    Once C1 has ended it leads to the reconciliation, and it names the block in Alma until it is
    put back. A live region: it changes only with the record or the suspicion.
    """

    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
    role = "status"

    @param.depends(
        "outage.record",
        "outage.suspected",
        "outage.overdue",
        "outage.over",
        "outage.withdrawn",
        "outage.is_signed",
        "outage.block_off",
    )
    def _html(self) -> str:
        outage, over = self.outage, self.outage.over
        return render(
            "outage/banner",
            self.language,
            record=outage.record,
            suspected=outage.suspected,
            overdue=outage.overdue,
            over=over,
            withdrawn=outage.withdrawn,
            is_signed=outage.is_signed,
            turns=over is not None and over.declared.id == outage.ended_here,
            block_off=outage.block_off,
            coordinates=outage.coordinates,
            now=outage.context.now(),
        )


class HandbookNoticeView(HtmlView):
    """The first faults with file and place, or the keys that wait for a restart; else nothing."""

    outage: OutageState = param.ClassSelector(class_=OutageState, constant=True)
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
