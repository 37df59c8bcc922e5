"""Several server processes behind a load balancer continue to lend while some are killed."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest

from procedure.circulation.transactions import Loan
from procedure.io.database.database import Database, open_database
from procedure.outages.outage_entries import OutageDeclared, OutageNews
from tests.support import make
from tests.support.forked_server import ForkedServer
from tests.support.load_balancer import LoadBalancer
from tests.ui.conftest import Standins, free_port, handbook_over

DESK = {"X-Relais": "desk", "Content-Type": "application/json"}
WAITS = 240  # seconds until a wait fails the test


@dataclass
class Process:
    """A running `relais serve` that shares its database with other processes."""

    folder: Path
    environment: dict[str, str]
    shown_at: int  # the port of the load balancer
    port: int = field(default_factory=free_port)
    process: ForkedServer = field(init=False)

    def start(self) -> None:
        words = ["serve", "--port", str(self.port)]
        for port in (self.port, self.shown_at):
            words += ["--origin", f"localhost:{port}"]
        log = self.folder / f"{self.port}.log"
        self.process = ForkedServer(words, self.environment, log)

    def signal(self, which: signal.Signals) -> None:
        self.process.send_signal(which)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, path: str) -> str:
        status, text = request(self.port, "GET", path)
        assert status == 200, text
        return text

    @property
    def is_served(self) -> bool:
        assert self.process.poll() is None, (self.folder / f"{self.port}.log").read_text()
        with suppress(OSError):
            return bool(self.ask("/liveness"))
        return False

    @property
    def leads(self) -> bool:
        found = re.search(r"^relais_leads (\S+)", self.ask("/metrics"), re.MULTILINE)
        assert found is not None
        return float(found[1]) == 1

    @property
    def board(self) -> dict[str, Any]:
        return json.loads(self.ask("/board.json"))

    @property
    def statuses(self) -> dict[str, str]:
        return {target["target"]: target["verdict"] for target in self.board["targets"]}


def request(
    port: int,
    method: str,
    path: str,
    body: object = None,
    *,
    timeout: float = WAITS,
    **headers: str,
) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Host": f"localhost:{port}"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def until(condition: Callable[[], bool]) -> None:
    for _ in range(WAITS * 20):
        if condition():
            return
        sleep(0.05)
    raise AssertionError("the condition was never met")


@contextmanager
def processes(
    url: str, folder: Path, count: int, spools: str = "spool-{number}"
) -> Iterator[tuple[list[Process], LoadBalancer]]:
    """Serve with several processes; `spools` is the pattern for each process's spool folder."""
    standins, ports = Standins(), list[int]()
    plain = {name: text for name, text in os.environ.items() if not name.startswith("RELAIS_")}
    environment = plain | {
        "RELAIS_DATABASE_URL": url,
        "RELAIS_HANDBOOK": str(handbook_over(standins, folder / "handbook")),
        "RELAIS_PROBE_INTERVAL": "1",
        "RELAIS_PROBE_TIMEOUT": "10",
        "PYTHONUNBUFFERED": "1",
    }
    with ExitStack() as stack:
        stack.callback(standins.stop)
        balancer = stack.enter_context(LoadBalancer(ports))
        made = [
            Process(
                folder,
                environment | {"RELAIS_SPOOL": str(folder / spools.format(number=number))},
                balancer.port,
            )
            for number in range(count)
        ]
        ports += [each.port for each in made]
        for each in made:
            each.start()
            stack.callback(each.kill)
            stack.callback(lambda process=each: process.signal(signal.SIGCONT))
        for each in made:
            until(lambda process=each: process.is_served)
        yield made, balancer


class Workstation:
    """Lends one book at a time through the load balancer, and resends unacknowledged loans."""

    def __init__(self, number: int, balancer: LoadBalancer, ports: Sequence[int]) -> None:
        self.name, self._balancer, self._ports = f"poste-{number}", balancer, ports
        self.kept: list[str] = []
        self.resent = 0

    def lend(self, stop: Event) -> None:
        while not stop.is_set():
            number = len(self.kept) + 1
            message = make.message(self.name, number, f"10{self.name[6:]:0>3}{number:06}")
            while not self._is_kept(message, self._balancer.port):
                self.resent += 1
                sleep(0.05)
            if len(self.kept) % 7 == 0:  # as if the answer had been lost
                # The process at this port may be hanging.
                self._is_kept(message, self._ports[len(self.kept) % len(self._ports)], timeout=1)
            self.kept.append(message["id"])

    def _is_kept(self, message: dict[str, Any], port: int, timeout: float = WAITS) -> bool:
        headers = {**DESK, "Cookie": f"relais_workstation={self.name}"}
        try:
            status, text = request(
                port,
                "POST",
                "/desk/transactions",
                {"transactions": [message]},
                timeout=timeout,
                **headers,
            )
        except (OSError, HTTPException):
            return False
        if status != 200:
            return False
        (answer,) = json.loads(text)["answers"]
        assert answer["state"] in {"kept", "waiting"}, answer
        return answer["state"] == "kept"


@contextmanager
def lending(
    balancer: LoadBalancer, ports: Sequence[int], count: int
) -> Iterator[list[Workstation]]:
    """Lend at several workstations until the block ends, then wait for every acknowledgement."""
    stop = Event()
    workstations = [Workstation(number, balancer, ports) for number in range(count)]
    with ThreadPoolExecutor(count) as threads:
        done = [threads.submit(each.lend, stop) for each in workstations]
        try:
            yield workstations
        finally:
            stop.set()
        for future in done:
            future.result(timeout=WAITS)


def recorded(database: Database) -> dict[str, list[str]]:
    """Return the ids of each workstation's loans, in journal order."""
    loans: dict[str, list[str]] = {}
    for record in database.journal.since():
        if isinstance(record.entry, Loan):
            loans.setdefault(record.entry.workstation, []).append(str(record.entry.id))
    return loans


def check_loans(database: Database, workstations: Sequence[Workstation]) -> None:
    """Check that each workstation's loans are recorded once, in the order they were made."""
    assert recorded(database) == {each.name: each.kept for each in workstations}


def lend_more(workstations: Sequence[Workstation], loans: int) -> None:
    """Wait until every workstation has recorded `loans` more loans."""
    before = [len(each.kept) for each in workstations]
    until(
        lambda: all(
            len(each.kept) >= had + loans for each, had in zip(workstations, before, strict=True)
        )
    )


def leader_of(running: Sequence[Process]) -> Process:
    """Wait until a process leads, and return it."""
    until(lambda: any(each.leads for each in running))
    (leader,) = [each for each in running if each.leads]
    return leader


def test_three_processes_lend_and_probe_while_one_is_killed(
    postgres_url: str, tmp_path: Path
) -> None:
    with (
        processes(postgres_url, tmp_path, 3) as (running, balancer),
        open_database(postgres_url, now=lambda: datetime.now(UTC)) as database,
    ):
        leader = leader_of(running)
        until(lambda: all("up" in each.statuses.values() for each in running))
        check_what_is_declared(database, running)
        ports = [each.port for each in running]
        with lending(balancer, ports, 6) as workstations:
            lend_more(workstations, 3)
            follower = next(each for each in running if each is not leader)
            follower.kill()
            running.remove(follower)
            lend_more(workstations, 3)
            assert leader_of(running) is leader
            leader.kill()
            running.remove(leader)
            lend_more(workstations, 3)
        (last,) = running
        assert leader_of(running) is last
        check_loans(database, workstations)
        assert sum(each.resent for each in workstations) > 0
        # The last process is probing: it makes new rounds.
        probed = database.history.outcomes(since=datetime.now(UTC) - timedelta(hours=1))
        assert {outcome.vantage for outcome in probed} == {"server"}
        before = datetime.fromisoformat(last.board["last_round"])
        until(lambda: datetime.fromisoformat(last.board["last_round"]) > before)


def check_what_is_declared(database: Database, running: Sequence[Process]) -> None:
    """Declare an outage with a message; check that all processes show both, with equal statuses."""
    now = datetime.now(UTC)
    outage = OutageDeclared(id=uuid4(), at=now, title="Alma", begun=now)
    database.journal.append(outage)
    until(lambda: all(each.board["lend_in"] == "relais" for each in running))
    database.journal.append(
        OutageNews(id=uuid4(), at=now, outage=outage.id, message="Lend with Relais.")
    )
    until(
        lambda: all(
            (each.board["message"] or {}).get("text") == "Lend with Relais." for each in running
        )
    )
    leader = leader_of(running)
    until(lambda: all(each.statuses == leader.statuses for each in running))


@pytest.mark.long
@pytest.mark.parametrize("turn", range(5))
def test_processes_lend_while_they_are_killed_and_stopped_repeatedly(
    postgres_url: str, tmp_path: Path, turn: int
) -> None:
    with (
        processes(postgres_url, tmp_path, 3) as (running, balancer),
        lending(balancer, [each.port for each in running], 8) as workstations,
    ):
        for number in range(6):
            leader = leader_of(running)
            followers = [each for each in running if each is not leader]
            victim = leader if (number + turn) % 2 else followers[number % 2]
            rest = [each for each in running if each is not victim]
            if number % 3 == 0:  # the process hangs and resumes
                victim.signal(signal.SIGSTOP)
                leader_of(rest)
                lend_more(workstations, 5)
                victim.signal(signal.SIGCONT)
            else:
                victim.kill()
                leader_of(rest)
                lend_more(workstations, 5)
                victim.start()
            until(lambda process=victim: process.is_served)
            until(lambda: [each.leads for each in running].count(True) == 1)
    check_loans_after(postgres_url, workstations)


def check_loans_after(url: str, workstations: Sequence[Workstation]) -> None:
    with open_database(url, now=lambda: datetime.now(UTC)) as database:
        check_loans(database, workstations)
