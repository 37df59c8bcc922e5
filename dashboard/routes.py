"""What is served beside the page: the grid as JSON, the desk page; each asks the rights first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from dashboard.core.context import AppContext
from dashboard.core.http import AuthorisedHandler
from dashboard.core.session import Session
from dashboard.desk.routes import desk_routes
from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.lend_in import lend_in
from dashboard.monitoring.probe_grid import ProbeGrid
from dashboard.outage_report.handler import OutageReportHandler
from dashboard.reconciliation.downloads import (
    AllOfflineFiles,
    OfflineFileDownload,
    ReconciliationTable,
)
from dashboard.reconciliation.ledger import ReconciliationLedger
from procedure.diagnosis.rules import Diagnosis, diagnose


class BoardJson(AuthorisedHandler):
    """`/board.json`: the grid as it stands, for other screens and scripts; see `board_json`."""

    def initialize(self, context: Callable[[], AppContext]) -> None:
        """Take what opens the context: it is not opened before the first request."""
        self._context = context

    def get(self) -> None:
        """Answer with the grid of this instant."""
        context = self._context()
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        context.models.update()
        self.finish(
            json.dumps(board_json(ProbeGrid(context=context), context.now()), ensure_ascii=False)
        )


def board_json(grid: ProbeGrid, now: datetime) -> dict[str, Any]:
    """Lay the grid out as JSON, without anything about a person.

    `at`, `last_round` and the instants of the targets are UTC in ISO 8601, null before the first
    reading; `version` is that of Relais. `targets` holds one object a target and vantage:
    `target, vantage, verdict, cause, at, age_s, latency_ms, since, attempt`. `verdict` is the one
    shown: `unknown` when the reading of `at` is older than three intervals, or while the server
    itself is cut off. `cause` is null when there is none; `since` is when the verdict began to
    hold. `attempt` is the newest attempt as it ended, unjudged: `verdict`, `cause` and `phase`.
    `diagnosis` is where the fault most likely lies (`fault`), by which rule, and what else it may
    be; null while nothing is known. `lend_in` is where to lend: `alma` while all is well and no
    outage is declared, `relais` in an outage, null while it is not known. `message` is the
    coordination's last word to every desk, for anybody to read: users' numbers were taken out of it
    when it was written. `recording` is false while loans are not taken, because the database has
    disappeared or is damaged.

    What the neighbours tell is in none of it: two who look at each other would hear themselves.
    """
    diagnosis = _diagnose(grid)
    known = diagnosis.rule != "nothing_known"
    return {
        "at": _instant(now),
        "diagnosis": _diagnosis_json(diagnosis) if known else None,
        "targets": [_cell_json(one, now) for row in grid.rows for one in row.cells],
        "last_round": _instant(grid.last_round),
        "message": _message(grid.context),
        "lend_in": _lend_in(grid, diagnosis),
        "recording": not grid.context.unwritable,
        "version": version("alma-relais"),
    }


def _lend_in(grid: ProbeGrid, diagnosis: Diagnosis) -> str | None:
    declared = grid.context.models.outages.current() is not None
    return lend_in(grid.state, diagnosis.fault, declared=declared) or None


def _diagnose(grid: ProbeGrid) -> Diagnosis:
    known = DiagnosisState(context=grid.context, session=Session(), grid=grid).evidence
    return diagnose(replace(known, neighbours=()))


def _diagnosis_json(found: Diagnosis) -> dict[str, Any]:
    return {"fault": found.fault, "rule": found.rule, "others": list(found.others)}


def _message(context: AppContext) -> dict[str, Any] | None:
    standing = context.models.outages.current()
    news = standing and standing.message
    return news and {"at": _instant(news.at), "text": news.message}


def _cell_json(cell: GridCell, now: datetime) -> dict[str, Any]:
    newest = cell.newest
    return {
        "target": cell.target,
        "vantage": cell.vantage,
        "verdict": cell.verdict,
        "cause": cell.cause,
        "at": _instant(newest and newest.at),
        "age_s": None if newest is None else round((now - newest.at).total_seconds(), 1),
        "latency_ms": newest and newest.latency_ms,
        "since": _instant(cell.since),
        "attempt": newest
        and {"verdict": newest.verdict, "cause": newest.cause, "phase": newest.phase},
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")


def _opened_context() -> AppContext:
    # The composition opens the database; the command line reads this module without it.
    from dashboard.app import app_context  # noqa: PLC0415
    from dashboard.core.background import start_background_tasks  # noqa: PLC0415

    context = app_context()
    start_background_tasks(context)
    return context


def _opened_ledger() -> ReconciliationLedger:
    from dashboard.app import reconciliation_ledger  # noqa: PLC0415

    _opened_context()
    return reconciliation_ledger()


ROUTES = [
    (r"/board\.json", BoardJson, {"context": _opened_context}),
    (r"/dossier/([0-9a-f-]{36})", OutageReportHandler, {"context": _opened_context}),
    (r"/way-back/file/([0-9a-f-]{36})", OfflineFileDownload, {"ledger": _opened_ledger}),
    (r"/way-back/files\.zip", AllOfflineFiles, {"ledger": _opened_ledger}),
    (
        r"/way-back/(summary|extensions)\.(xlsx|csv)",
        ReconciliationTable,
        {"ledger": _opened_ledger},
    ),
    *desk_routes(_opened_context),
]
