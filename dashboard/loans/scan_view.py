"""The scan box, which runs in the browser."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import param
from panel.custom import JSComponent

from dashboard.core.state import needs
from dashboard.loans.loans import LendingState
from dashboard.loans.scan_text import scan_texts
from dashboard.loans.slip_text import slip_texts
from dashboard.monitoring.workstation_name_view import offline_text
from dashboard.outage.outage import OutageState
from dashboard.ui.templating import asset_url, module_imports, render
from dashboard.ui.view import View
from procedure.circulation.double_scans import DOUBLE_READ


class ScanBox(JSComponent):
    """The scan box with the current patron's items, the counters and the last scans.

    In the browser, the box creates each transaction and its id, stores it on the workstation, and
    sends it to the desk route until the server answers. Transactions do not pass through this
    class.
    """

    html = param.String(default="", doc="The HTML of the template `loans/scan`.")
    words = param.Dict(default={}, doc="The box's sentences, by key.")
    rules = param.Dict(default={}, doc="The result of `Handbook.scan_rules`.")
    double_read = param.Integer(
        default=0, doc="`procedure.circulation.double_scans.DOUBLE_READ`, in milliseconds."
    )
    desk_name = param.String(default="", doc="The name of the desk that staff are using.")
    lend_in = param.String(
        default="", doc="Where to lend: `alma` or `relais`; empty if this is not known."
    )
    offline_text = param.String(
        default="",
        doc="A text saying whether the workstation can go on lending without the server.",
    )

    lists_as_of = param.String(
        default="", doc="The export time of the older of the server's lists; empty without lists."
    )

    _esm = Path(__file__).with_name("scan_box_component.js").read_text("utf-8")
    _importmap = module_imports()

    def __init__(self, **params: object) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [asset_url("relais.css")])
        super().__init__(**params)

    def strike(self, loan: UUID) -> None:
        """Show a loan as voided after it was voided elsewhere on the page."""
        self._send_msg({"void": str(loan)})

    def ask_now(self) -> None:
        """Make the box ask the server at once how its pending loans ended."""
        self._send_msg({"follow": True})


class ScanView(View):
    """The scan box on a page, with the data that it needs from the server."""

    lending = needs(LendingState)
    outage = needs(OutageState)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        lending, language = self.lending, self.language
        self._view = ScanBox(
            html=render("loans/scan", language),
            words=scan_texts(language) | {"slips": slip_texts(lending.context.handbook.current)},
            rules=self._rules,
            double_read=DOUBLE_READ // timedelta(milliseconds=1),
            desk_name=self._desk_name,
            lend_in=self.outage.param.lend_in.rx().rx.pipe(str),
            lists_as_of=self._lists_as_of,
            offline_text=lending.session.param.missing_feature.rx().rx.pipe(offline_text, language),
        )
        lending.param.watch(lambda event: self._view.strike(event.new), "taken_back")
        lending.pending_loans.param.watch(self._ask_when_settled, "pending")

    @param.depends("lending.updates.handbook")
    def _rules(self) -> dict[str, object]:
        return self.lending.updates.handbook.scan_rules()

    @param.depends("lending.updates.minute")
    def _lists_as_of(self) -> str:
        lists = self.lending.context.store.lists.current()
        ages = [
            offline_list.as_of.isoformat()
            for offline_list in (lists.accounts, lists.items)
            if offline_list is not None
        ]
        return min(ages, default="")

    @param.depends("lending.desk", "lending.updates.handbook")
    def _desk_name(self) -> str:
        code, desks = self.lending.desk, self.lending.updates.handbook.desks
        return desks[code].name if code else self.language.say("à choisir")

    def _ask_when_settled(self, event: param.parameterized.Event) -> None:
        if {row.loan.id for row in event.old} - {row.loan.id for row in event.new}:
            self._view.ask_now()
