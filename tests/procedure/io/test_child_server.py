"""A server in a child process can end early or fail to start, and never outlives its parent."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from procedure.io.child_server import ChildPhase, ChildServer

NOWHERE = "http://127.0.0.1:9/"
CHILD = """
import asyncio
from procedure.io.child_server import stop_at_end_of_input
loop = asyncio.new_event_loop()
stop_at_end_of_input(loop, {longest})
loop.run_forever()
print("stopped", flush=True)
"""


def start(command: list[str]) -> ChildPhase:
    async def run() -> ChildPhase:
        server = ChildServer()
        server.start(command, os.environ, NOWHERE)
        await server.ended()
        return server.phase

    return asyncio.run(run())


def test_start_fails_if_the_process_ends_before_it_answers() -> None:
    assert start([sys.executable, "-c", "raise SystemExit(1)"]) is ChildPhase.FAILED


def test_start_fails_without_the_command(tmp_path: Path) -> None:
    assert start([str(tmp_path / "nothing")]) is ChildPhase.FAILED


def test_end_before_the_answer_is_not_a_failure() -> None:
    async def run() -> ChildPhase:
        server = ChildServer()
        server.start([sys.executable, "-c", CHILD.format(longest=600)], os.environ, NOWHERE)
        server.end()
        await server.ended()
        return server.phase

    assert asyncio.run(run()) is ChildPhase.OFF


def test_child_stops_when_its_input_closes_or_its_time_is_up() -> None:
    for longest, closes in ((600, True), (0.1, False)):
        command = [sys.executable, "-c", CHILD.format(longest=longest)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            if closes:
                child.stdin.close()
            assert child.stdout.read() == "stopped\n"


def test_child_ends_when_its_parent_is_killed() -> None:
    parent = f"""
import subprocess, sys, os, signal
subprocess.Popen([sys.executable, "-c", {CHILD.format(longest=600)!r}], stdin=subprocess.PIPE)
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", parent]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "stopped\n"  # the child prints this to the same output
