"""What the commands of `relais reconcile` share: their options, and the log."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import click

from dashboard.cli.database import open_existing
from procedure.io.database.database import Database
from procedure.reconciliation.reconciliation_log import KINDS, ReconciliationLog

DESK = click.option("--desk", metavar="CODE", help="Only this desk.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")


def by(text: str, *, required: bool = True) -> Callable[[Any], Any]:
    """Return the option `--by` with this help."""
    return click.option("--by", "operator", required=required, metavar="NAME", help=text)


@contextmanager
def open_log() -> Generator[tuple[Database, ReconciliationLog]]:
    """Give the open database of the settings and the log read from it."""
    with open_existing() as database:
        yield database, ReconciliationLog(database.journal.since(kinds=KINDS))
