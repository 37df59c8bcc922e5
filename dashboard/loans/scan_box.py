"""The scan box: a scanner's keys become transactions in the browser, which keeps and sends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import param
from panel.custom import JSComponent

from dashboard.ui.templating import asset_url, module_imports


class ScanBox(JSComponent):
    """The box, the documents of the current patron, the counters and the last scans.

    The browser makes each transaction, with its id, keeps it on the workstation and sends it to
    the route of the desk page until it is answered: nothing of it passes through here. `rules`
    are those of the scan classification, `words` the sentences that the browser says by itself.
    """

    html = param.String(default="", doc="The rendered piece `scan`.")
    words = param.Dict(default={}, doc="Sentences by key.")
    rules = param.Dict(default={}, doc="What `ScanRules.for_page` gives.")
    double_read = param.Integer(
        default=0, doc="See `procedure.circulation.double_scans.DOUBLE_READ`, in ms."
    )
    desk_name = param.String(default="", doc="The desk as staff call it.")
    lend_in = param.String(default="", doc="Where to lend: `alma`, `relais`, or not known.")
    waiting = param.List(default=[], doc="Ids of the loans in its list of forgotten cards.")
    alone = param.String(default="", doc="Whether it lends on without the server, as a text.")

    lists_as_of = param.String(
        default="", doc="When the server's lists were exported, the older one; empty without any."
    )

    _esm = Path(__file__).with_name("scan_box_component.js").read_text("utf-8")
    _importmap = module_imports()

    def __init__(self, **params: Any) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [asset_url("relais.css")])
        super().__init__(**params)

    def strike(self, loan: UUID) -> None:
        """Show a loan as void that was taken back elsewhere on the page."""
        self._send_msg({"void": str(loan)})

    def follow(self) -> None:
        """Ask at once how what waits on this workstation ended: something did somewhere."""
        self._send_msg({"follow": True})
