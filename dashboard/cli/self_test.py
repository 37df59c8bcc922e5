"""`relais self-test`: tests this installation with made-up data."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep
from uuid import uuid4

import click
import httpx
import msgspec

from dashboard.cli.port_check import free_port
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.simulation.alma.world import stock_of

# The longest that each step may take, in seconds: enough even for a busy machine.
LONGEST: Mapping[str, float] = {
    "serve": 600.0,
    "probe": 300.0,
    "lend": 120.0,
    "export": 300.0,
    "back up": 300.0,
}
SAYS_SO_AFTER = 10.0
DESK, ITEM, PATRON = "MAIL", "1060348821", "2071234567"
_HERE = "127.0.0.1"
# Lines to replace (`url`) or delete (`method`) in `targets.toml`.
_ADDRESS = re.compile(r'^url = ".*"$|^method = .*\n', re.MULTILINE)
_NOT_COPIED = shutil.ignore_patterns("*.py*", "__pycache__", "skeleton")


@click.command(name="self-test")
def self_test() -> None:
    """Serve, probe, lend, export and back up in a temporary folder.

    No request leaves this machine, and the settings and the dashboard's database are not used. The
    test ends with exit code 1 at the first step that fails.

    Example: `relais self-test`.
    """
    begun = monotonic()
    with TemporaryDirectory(prefix="relais-self-test-") as name:
        _run_steps(Path(name))
    click.echo(f"Everything works ({monotonic() - begun:.0f} s).")


def _run_steps(folder: Path) -> None:
    port, alma_port = free_port(_HERE), free_port(_HERE)
    server, alma = f"http://{_HERE}:{port}", f"http://{_HERE}:{alma_port}"
    _write_handbook(folder / "handbook", f"{alma}/standin/counts")
    world = stock_of([ITEM], [PATRON], {DESK: "MAIN"})
    (folder / "world.json").write_bytes(msgspec.json.encode(world))
    standin = _running(folder, "standin", "--world", "world.json", "--port", str(alma_port))
    served = _running(folder, "serve", "--address", _HERE, "--port", str(port))
    with (
        httpx.Client(trust_env=False, timeout=LONGEST["lend"]) as client,
        standin as standin_answers,
        served as server_answers,
    ):
        _step("serve", partial(_open_pages, client, server, server_answers))
        _step("probe", partial(_wait_for_probes, client, server, alma, standin_answers))
        _step("lend", partial(_lend, client, server))
        _step("export", partial(_export, client, alma, folder))
        _step("back up", partial(_back_up, folder))


def _step(name: str, act: Callable[[], str]) -> None:
    """Run a step and print its result, or raise an error that names the step."""
    try:
        with _reporting_progress(name):
            done = act()
        click.echo(f"{name:<8} {done}")
    except Exception as error:
        why = str(error) or type(error).__name__
        raise click.ClickException(f"{name} failed: {why}") from error


@contextmanager
def _reporting_progress(step: str) -> Generator[None]:
    """Report every ten seconds, on standard error, that a step is not done yet."""
    begun, done = monotonic(), Event()

    def speak() -> None:
        while not done.wait(SAYS_SO_AFTER):
            took = f"{monotonic() - begun:.0f} s of at most {LONGEST[step]:.0f}"
            click.echo(f"{step:<8} not done yet ({took})", err=True)

    speaker = Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        done.set()
        speaker.join()


def _open_pages(client: httpx.Client, server: str, answers: Callable[[], bool]) -> str:
    _wait(
        "serve",
        lambda: answers() and _is_ready(client, f"{server}/readyz"),
        "the server is not ready",
    )
    for path in ("/dashboard", "/desk/"):
        _expect(client.get(server + path).raise_for_status().text, "Relais")
    return f"{server} records and monitors; its first page and its desk page open"


def _wait_for_probes(
    client: httpx.Client, server: str, alma: str, answers: Callable[[], bool]
) -> str:
    stand_in = f"{alma}/standin/counts"
    _wait(
        "probe",
        lambda: answers() and _is_ready(client, stand_in),
        "the stand-in for Alma is not ready",
    )

    def all_up() -> bool:
        statuses = [target["verdict"] for target in _targets(client, server)]
        return bool(statuses) and set(statuses) <= {"up", "slow"}

    _wait("probe", all_up, "an address whose stand-in answers does not count as up")
    return f"{len(_targets(client, server))} addresses, each replaced by a stand-in, are up"


def _targets(client: httpx.Client, server: str) -> list[dict[str, str]]:
    return client.get(f"{server}/board.json").raise_for_status().json()["targets"]


def _lend(client: httpx.Client, server: str) -> str:
    now, number = datetime.now(UTC).isoformat(), str(uuid4())
    loan = {"kind": "loan", "id": number, "at": now, "made_at": now, "skew_s": 0.0, "sequence": 1}
    loan |= {"desk": DESK, "patron": PATRON, "item": ITEM, "workstation": "self-test"}
    message = {"transactions": [loan]}
    answer = client.post(
        f"{server}/desk/transactions", json=message, headers={"X-Relais": "desk"}
    ).raise_for_status()
    states = [answered["state"] for answered in answer.json()["answers"]]
    if states != ["kept"]:
        raise ValueError(f"the server answered {answer.text}")
    return "a loan was recorded"


def _export(client: httpx.Client, alma: str, folder: Path) -> str:
    _relais(folder, "loans", "export", "--desk", DESK, "--yes", "--out", "loans.dat")
    content = (folder / "loans.dat").read_bytes()
    upload = f"{alma}/standin/upload?desk={DESK}"
    _expect(client.post(upload, content=content).raise_for_status().text, "Succeeded: 1\n")
    return f"a file for Alma ({len(content)} bytes); the stand-in has made the loans in it"


def _back_up(folder: Path) -> str:
    _expect(_relais(folder, "backup", "backup.sqlite3"), "(1 loan)")
    return "made while the server was running; the backup can be read and contains the loan"


def _write_handbook(folder: Path, url: str) -> None:
    """Copy the packaged handbook, replacing the address of each target and omitting its method."""
    shutil.copytree(PACKAGED_HANDBOOK, folder, ignore=_NOT_COPIED)
    targets = folder / "targets.toml"
    text = targets.read_text("utf-8")
    replaced = _ADDRESS.sub(lambda line: f'url = "{url}"' * line[0].startswith("url"), text)
    targets.write_text(replaced, "utf-8")


def _environment(folder: Path) -> dict[str, str]:
    own = {"DATABASE_URL": "sqlite:///relais.sqlite3", "HANDBOOK": str(folder / "handbook")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    return kept | {f"RELAIS_{name}": value for name, value in own.items()}


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "dashboard.cli", *words]


def _relais(folder: Path, *words: str) -> str:
    """Run a command and return its output, or raise an error with its message."""
    done = subprocess.run(  # noqa: S603 - our own command
        _command(*words),
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=LONGEST["export"],
    )
    if done.returncode:
        raise ValueError(f"relais {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


@contextmanager
def _running(folder: Path, *words: str) -> Generator[Callable[[], bool]]:
    """Run a server; yield a function that returns True, or raises if the server has ended."""
    log = folder / f"{words[0]}.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - our own command
            _command(*words), cwd=folder, env=_environment(folder), stdout=output, stderr=output
        ) as process,
    ):

        def runs() -> bool:
            if process.poll() is not None:
                raise ValueError(f"relais {words[0]} ended:\n{log.read_text('utf-8', 'replace')}")
            return True

        try:
            yield runs
        finally:
            process.terminate()


def _is_ready(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.TransportError:  # not listening yet
        return False


def _wait(step: str, until: Callable[[], bool], fault: str) -> None:
    end = monotonic() + LONGEST[step]
    while not until():
        if monotonic() > end:
            raise TimeoutError(f"{fault} after {LONGEST[step]:.0f} s")
        sleep(0.1)


def _expect(text: str, part: str) -> None:
    if part not in text:
        raise ValueError(f"{part!r} is missing from: {text[:500]}")
