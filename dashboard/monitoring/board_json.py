"""`/board.json`: the current grid, for other screens and scripts."""

import json
from datetime import UTC, datetime
from importlib.metadata import version

from dashboard.core.authorised_handler import ContextHandler
from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.core.visitor import Permission
from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.monitoring.situation import lend_in


class BoardJson(ContextHandler):
    """Serves `board_json`."""

    permission = Permission.BOARD

    def get(self) -> None:
        context = self._context()
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(_answer(context))


def _answer(context: AppContext) -> str:
    """Return the JSON, cached for a second: a thousand screens may request it every 5 seconds."""
    folds, arrived = context.folds, (context.watches.probes.rounds, context.watches.pages.rounds)
    inputs = (*arrived, context.watches.workstations.version, folds.position, context.takes_loans)
    return context.computed_once("board", lambda: _make_answer(context), *inputs)


def _make_answer(context: AppContext) -> str:
    context.folds.update()
    return json.dumps(
        board_json(ProbeGrid(context=context), context.clock.now()), ensure_ascii=False
    )


def board_json(grid: ProbeGrid, now: datetime) -> dict[str, object]:
    """Return the content of `/board.json`, which contains nothing about patrons or staff.

    Times are in UTC, in ISO 8601 format; the times of readings are null before the first reading.

    - `version`: the version of Relais.
    - `at`: the time of this answer; `last_round`: the time of the newest outcome.
    - `targets`: one object per target and vantage, with `target`, `vantage`, `verdict`, `cause`,
      `at`, `age_s`, `latency_ms`, `since` and `attempt`. `verdict` is the status shown: `unknown`
      if the reading at `at` is older than three intervals, or while the server itself is cut off.
      `cause` is null if there is none; `since` is when the status began. `attempt` is the raw
      result of the newest attempt: `verdict`, `cause` and `phase`.
    - `diagnosis`: where the fault most likely is (`fault`), the `rule` that says so, and where else
      it may be (`others`); null while nothing is known.
    - `lend_in`: where to lend: `relais` if an outage is declared, or if the grid or the diagnosis
      shows a fault; `alma` while all is well; null otherwise.
    - `message`: the coordinators' newest message to every desk, which anybody may read: patrons'
      numbers were removed when it was written.
    - `recording`: false while loans are refused because neither the database nor the spool can be
      written to.
    """
    diagnosis = DiagnosisState(context=grid.context, session=Session(), grid=grid).result
    outage = grid.context.folds.outages.current()
    message = outage and outage.message
    return {
        "at": _instant(now),
        "diagnosis": None
        if diagnosis.rule == "nothing_known"
        else {
            "fault": diagnosis.fault,
            "rule": diagnosis.rule,
            "others": list(diagnosis.others),
        },
        "targets": [_cell_json(cell, now) for cell in grid.cells],
        "last_round": _instant(grid.last_round),
        "message": message and {"at": _instant(message.at), "text": message.message},
        "lend_in": lend_in(grid.state, diagnosis.fault, declared=outage is not None) or None,
        "recording": grid.context.takes_loans,
        "version": version("alma-relais"),
    }


def _cell_json(cell: GridCell, now: datetime) -> dict[str, object]:
    newest = cell.newest
    return {
        "target": cell.target,
        "vantage": cell.vantage,
        "verdict": cell.status,
        "cause": cell.cause,
        "at": _instant(newest and newest.at),
        "age_s": None if newest is None else round((now - newest.at).total_seconds(), 1),
        "latency_ms": newest and newest.latency_ms,
        "since": _instant(cell.since),
        "attempt": newest
        and {"verdict": newest.status, "cause": newest.cause, "phase": newest.phase},
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")
