"""The command as a process: interrupts, and outputs that are closed or full."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from tests.support import make
from tests.ui.conftest import free_port

# The installed script's code, with a Ctrl-C as it imports the module named in INTERRUPT_AT.
SCRIPT = """
import os, signal, sys
wanted = os.environ.get("INTERRUPT_AT")
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from dashboard.entry_point import main
main()
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RELAIS_")}
    return kept | {"RELAIS_DATABASE_URL": f"sqlite:///{tmp_path / 'relais.sqlite3'}"}


def run(
    environment: dict[str, str], *words: str, **more: object
) -> subprocess.CompletedProcess[bytes]:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 120} | more
    return subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-c", SCRIPT, *words], env=environment, cwd=ROOT, check=False, **options
    )


def begun(environment: dict[str, str], *words: str, **more: int) -> subprocess.Popen[bytes]:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words], env=environment, cwd=ROOT, **options
    )


SAMPLE = ("sample-data", "--days", "8")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("click", ("check",)),
        ("dashboard.cli.handbook", ("check",)),
        ("procedure.io.database.sqlite", SAMPLE),
        ("dashboard.app", ("serve", "--port", "{port}")),
    ],
)
def test_ctrl_c_during_an_import_exits_with_130(
    environment: dict[str, str], module: str, words: tuple[str, ...]
) -> None:
    given = [word.format(port=free_port()) for word in words]
    done = run(environment | {"INTERRUPT_AT": module}, *given)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, b"", b"")


def test_ctrl_c_while_reading_a_file_records_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    pipe = tmp_path / "loans.csv"
    os.mkfifo(pipe)
    reading = begun(environment, "loans", "import", str(pipe))
    with pipe.open("w") as written:
        written.write("at,item,patron\n2026-05-10T18:00:00Z,A1111,SLSP204518377\n")
        written.flush()
        # Python may notice the first signal only when a second one interrupts the next read, so
        # send another. Wait first: a signal that arrives while the process is exiting would kill
        # the process.
        while reading.poll() is None:
            reading.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                reading.wait(10)
    output = reading.communicate()
    assert (reading.returncode, output[0], output[1].strip()) == (130, b"", b"")
    with open_database(environment["RELAIS_DATABASE_URL"], now=utc_now) as database:
        assert database.journal.position() == 0


def test_ctrl_c_ends_a_server_with_130(environment: dict[str, str]) -> None:
    open_database(environment["RELAIS_DATABASE_URL"], now=utc_now).close()
    server = begun(environment, "standin", "--port", "0")
    assert server.stdout is not None
    assert server.stdout.readline().startswith(b"A stand-in for Alma is listening")
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=60)
    assert (server.returncode, errors.strip()) == (130, b"")


def test_ctrl_c_is_ignored_in_a_background_job(
    environment: dict[str, str],
) -> None:
    quiet = SCRIPT.replace("import os, signal, sys", "import os, signal, sys\nsignal.signal(2, 1)")
    done = subprocess.run(
        [sys.executable, "-c", quiet, "check"],
        env=environment | {"INTERRUPT_AT": "click"},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("-h",), SAMPLE])
def test_output_to_a_full_disk_fails_with_one_message(
    environment: dict[str, str], words: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(environment, *words, stdout=full)
        assert (done.returncode, done.stderr.decode()) == (
            1,
            "The output cannot be written (No space left on device).\n",
        )
        assert run(environment, *words, stdout=full, stderr=full).returncode == 1


def test_closed_pipe_prints_no_traceback(environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(environment, "check", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_invalid_path_prints_no_traceback(environment: dict[str, str]) -> None:
    done = run(environment, "check", "x" * 300)
    assert (done.returncode, done.stderr.decode()) == (1, f"{'x' * 300}: File name too long.\n")


def test_ctrl_c_at_a_prompt_exits_with_130(environment: dict[str, str], tmp_path: Path) -> None:
    with open_database(environment["RELAIS_DATABASE_URL"], now=utc_now) as database:
        database.journal.append(make.loan(1, "2301", "2070000001", at=utc_now(), desk="CMU"))
    state = tmp_path / "relais.sqlite3.state.json"
    state.write_text('{"entries": 2}')
    asking = begun(environment, "accept-missing", stdin=subprocess.PIPE)
    assert asking.stdout is not None
    assert (
        b"it ends at position 1, but the last acknowledged entry had position 2"
        in asking.stdout.readline()
    )
    asking.send_signal(signal.SIGINT)
    asking.communicate(timeout=60)
    assert asking.returncode == 130
    done = run(environment, "accept-missing", stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr.decode().strip()) == (1, "Nothing was done.")
    assert state.read_text() == '{"entries": 2}'


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("utf-8", "Panne d’Alma\u202f?"),
        ("cp1252", "Panne d’Alma ?"),
        ("latin-1", "Panne d'Alma ?"),
    ],
)
def test_unencodable_output_is_replaced(
    environment: dict[str, str], encoding: str, title: str
) -> None:
    declared = make.outage(1, "Panne d’Alma\u202f?", at=utc_now())
    with open_database(environment["RELAIS_DATABASE_URL"], now=utc_now) as database:
        database.journal.append(declared)
    done = run(environment | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, "dossier")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding).splitlines()[0].endswith(f"  {title}")
    assert (
        run(environment | {"PYTHONIOENCODING": encoding}, "check", "/Ω\U0001f600").returncode == 1
    )
