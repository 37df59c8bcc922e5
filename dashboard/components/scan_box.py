"""The scan box: a scanner's keys become transactions in the browser, and are answered by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

import panel as pn
import param
from bokeh.document import Document
from panel.custom import JSComponent

from dashboard.page import asset

# Shared with the offline page, which names them in an import map of its own: one logic, two homes.
# An inlined module has no address that a relative import could start from, hence the map.
MODULES = ("outbox.js", "scan_box.js", "scanning.js", "sounds.js", "transaction.js")
MOST_AT_ONCE = 2000  # transactions in one message


class ScanBox(JSComponent):
    """The box, the documents of the current patron, the counters and the last scans.

    The browser makes each transaction, with its id, and sends it until it is answered; `on_take`
    records one and returns the future of its answer (`{"id", "state", "warning", "reason"}`),
    which is done only after the commit. `forms` are the shapes of patron cards, `words` the
    sentences that the browser says by itself.
    """

    html = param.String(default="", doc="The rendered piece `scan`.")
    words = param.Dict(default={}, doc="Sentences by key.")
    forms = param.List(default=[], doc="Mappings with `name`, `shape` and perhaps `warning`.")
    double_read = param.Integer(default=0, doc="See `procedure.lending.DOUBLE_READ`, in ms.")
    desk_name = param.String(default="", doc="The desk as staff call it.")
    here = param.String(default="0", doc="Loans of the day on this workstation.")
    everywhere = param.String(default="0", doc="Loans of the day at every desk.")

    _esm = Path(__file__).with_suffix(".js")
    _importmap = {"imports": {f"relais/{name}": f"./{asset(name)}" for name in MODULES}}  # noqa: RUF012

    def __init__(
        self, on_take: Callable[[Mapping[str, Any]], Future[dict[str, Any]]], **params: Any
    ) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [asset("relais.css")])
        super().__init__(**params)
        self._on_take = on_take
        self._answers: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def strike(self, loan: UUID) -> None:
        """Show a loan as void that was taken back elsewhere on the page."""
        self._send_msg({"void": str(loan)})

    def _handle_msg(self, data: Any) -> None:
        transactions = data.get("transactions") if isinstance(data, Mapping) else None
        if not isinstance(transactions, list):
            return
        document = pn.state.curdoc
        for one in transactions[:MOST_AT_ONCE]:
            if isinstance(one, Mapping):
                self._on_take(one).add_done_callback(lambda done: self._answer(done, document))

    def _answer(self, done: Future[dict[str, Any]], document: Document | None) -> None:
        self._answers.put(done.result())
        # The answer comes from the thread that writes: only this call may be made from there.
        if document is None:
            self._tell()
        else:
            document.add_next_tick_callback(self._tell)

    def _tell(self) -> None:
        answers: list[dict[str, Any]] = []
        try:
            while True:
                answers.append(self._answers.get_nowait())
        except Empty:
            pass
        if answers:
            self._send_msg({"settled": answers})
