"""Runs `relais` on the database and handbook that were stored at commit f2e0022."""

import gzip
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest

from dashboard.entry_point import main
from procedure.io.database.database import open_database

__all__ = ["EXPECTED", "HERE", "open_database", "relais", "settings", "unpack"]

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"


def unpack(place: Path) -> Path:
    """Write a copy of the stored database into a folder and return its path."""
    database = place / "relais.sqlite3"
    database.write_bytes(gzip.decompress((HERE / "relais.db.gz").read_bytes()))
    return database


@contextmanager
def settings(database: Path, handbook: Path = HERE / "handbook") -> Iterator[None]:
    """Make `relais` use this database and handbook, and ignore this machine's settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    ours = {
        "RELAIS_DATABASE_URL": f"sqlite:///{database}",
        "RELAIS_HANDBOOK": str(handbook),
        "RELAIS_SHORT_LOANS": "1H=0.04",
        # The loans are from June 2025: with the usual retention, a restored backup would lose their
        # identifiers.
        "RELAIS_KEEP_IDENTIFIERS": "36500",
    }
    with patch.dict(os.environ, others | ours, clear=True):
        yield


def relais(*words: object, codes: tuple[int, ...] = (0,)) -> str:
    """Run the `relais` command and return its standard output."""
    out, err = StringIO(), StringIO()
    before = signal.getsignal(signal.SIGINT)
    with (
        patch.object(sys, "argv", ["relais", *map(str, words)]),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main()
    signal.signal(signal.SIGINT, before)
    assert end.value.code in codes, f"relais {words}: {end.value.code}, {err.getvalue()}"
    return out.getvalue()
