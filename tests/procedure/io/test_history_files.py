"""Files of outcomes: whole under their name, or not there."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from procedure.errors import HistoryFileError
from procedure.io.history_files import write_outcomes
from procedure.monitoring.model import Outcome, Status

ONE = Outcome("alma", "https://a.ch/", "server", datetime(2026, 11, 24, tzinfo=UTC), Status.UP)
ENDLESS = """
import sys
from itertools import repeat
from pathlib import Path
from procedure.io.history_files import write_outcomes
from tests.procedure.io.test_history_files import ONE
def outcomes():
    yield from repeat(ONE, 25_000)
    print("begun", flush=True)
    yield from repeat(ONE)
write_outcomes(Path(sys.argv[1]), outcomes())
"""


def failing() -> Iterator[Outcome]:
    yield from [ONE] * 25_000
    raise KeyboardInterrupt


@pytest.fixture(params=["log.csv", "log.parquet"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An earlier export, under the name of the next one."""
    file = tmp_path / request.param
    assert write_outcomes(file, [ONE]) == 1
    return file


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_write_outcomes_interrupted_leaves_the_earlier_file(earlier: Path) -> None:
    before = contents(earlier.parent)
    with pytest.raises(KeyboardInterrupt):
        write_outcomes(earlier, failing())
    assert contents(earlier.parent) == before


def test_write_outcomes_killed_leaves_the_earlier_file_and_is_tidied_up(
    earlier: Path,
) -> None:
    before = contents(earlier.parent)
    for _ in range(2):
        command = [sys.executable, "-c", ENDLESS, str(earlier)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as export:
            assert export.stdout is not None
            assert export.stdout.readline() == b"begun\n"
            export.send_signal(signal.SIGKILL)
        assert earlier.read_bytes() == before[earlier.name]
        assert len(contents(earlier.parent)) == 2
    assert write_outcomes(earlier, [ONE]) == 1
    assert contents(earlier.parent) == before


def test_write_outcomes_twice_at_once_does_not_mix(earlier: Path) -> None:
    def meanwhile() -> Iterator[Outcome]:
        yield ONE
        with pytest.raises(HistoryFileError, match="another process is writing it"):
            write_outcomes(earlier, [ONE, ONE])

    before = contents(earlier.parent)
    assert write_outcomes(earlier, meanwhile()) == 1
    assert contents(earlier.parent) == before
