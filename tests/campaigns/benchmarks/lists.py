"""Measures imports of offline lists, and look-ups in them."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import pbkdf2_hmac
from pathlib import Path
from random import Random
from statistics import quantiles

from procedure.io.database.database import Database, open_database
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.offline_lists.browser_list import ROUNDS
from procedure.offline_lists.list_layout import ListKind, fingerprint
from tests.campaigns.benchmarks.figure import Figure, timed
from tests.campaigns.benchmarks.loans import new_loan
from tests.support.alma_export import write_items, write_users

USERS, ITEMS = 60_000, 3_000_000
LOOK_UPS, LOANS = 50_000, 400
# Runs the command, and prints its peak memory and processor time; the peak that `wait4` reports
# would include the memory of the parent process.
_AND_MEMORY = """
import sys, time
from dashboard.cli import run
code = run()
sys.stderr.write(open("/proc/self/status").read())
sys.stderr.write(f"processor: {time.process_time():.1f} s")
sys.exit(code)
"""
NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)


def measure(folder: Path, rows: int = ITEMS) -> Sequence[Figure]:
    """Measure the import command, then look-ups in the imported lists."""
    users, items = folder / "users.xml", folder / "items.csv"
    write_users(users, USERS)
    write_items(items, rows)
    url = f"sqlite:///{folder / 'relais.sqlite3'}"
    store = ListStore(lists_folder(url))
    return [
        *_beside(folder, items),
        *_imported(url, users, f"{USERS:,} users, {_megabytes(users)} of XML", "60 s"),
        *_imported(url, items, f"{rows:,} items, {_megabytes(items)} of CSV", "120 s"),
        *_look_ups(store, rows),
        *(
            Figure(f"file for browsers, {kind}", f"{len(content) / 1e6:.2f} MB", "")
            for kind in ListKind
            if (content := store.for_browsers(kind))
        ),
        *_trying_out(),
    ]


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size >> 20} MB"


def _imported(url: str, file: Path, what: str, reach: str) -> Sequence[Figure]:
    words = ("lists", "import", str(file), "--accept", "--database", url)
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _AND_MEMORY, *words], capture_output=True, check=True
    )
    took = time.perf_counter() - began
    (processor,) = re.findall(r"processor: ([\d.]+ s)", done.stderr.decode())
    (memory,) = re.findall(rb"VmHWM:\s+(\d+) kB", done.stderr)
    return [
        Figure(f"import of {what}", f"{took:.1f} s; processor time {processor}", reach),
        Figure("peak memory of that import, whole process", f"{int(memory) // 1024} MB", "250 MB"),
    ]


def _beside(folder: Path, file: Path) -> Sequence[Figure]:
    """Measure the time to acknowledge a loan, before and during an import."""
    url = f"sqlite:///{folder / 'beside.sqlite3'}"
    with open_database(url, now=lambda: NOW) as database:
        quiet = [_acknowledged(database) for _ in range(LOANS)]
        with ThreadPoolExecutor(1) as aside:
            importing = aside.submit(_imported, url, file, "", "")
            meanwhile: list[float] = []
            while not importing.done():
                meanwhile.append(_acknowledged(database))
    return [
        Figure("loan to its acknowledgement, p50 / p95", _quantiles(quiet)),
        Figure(
            "loan to its acknowledgement during an import of items, p50 / p95",
            _quantiles(meanwhile),
            "no longer than without it",
        ),
    ]


def _acknowledged(database: Database) -> float:
    """Pause briefly, as between scans; return how many seconds a loan's acknowledgement takes."""
    time.sleep(0.05)
    return timed(lambda: database.journal.append(new_loan()))


def _quantiles(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=20)
    return f"{cuts[9] * 1000:.1f} / {cuts[18] * 1000:.1f} ms"


def _look_ups(store: ListStore, rows: int) -> Sequence[Figure]:
    draw, lists = Random(1), store.current()
    cards = [str(2070000000 + draw.randrange(2 * USERS)) for _ in range(LOOK_UPS)]
    barcodes = [str(1000000000 + draw.randrange(2 * rows)) for _ in range(LOOK_UPS)]
    return [
        Figure("look-up of a card", _each(cards, lambda card: lists.patron(card, NOW)), "10 µs"),
        Figure("look-up of an item", _each(barcodes, lambda code: lists.item(code, NOW)), "10 µs"),
        Figure("check whether a list was replaced", _each(cards, lambda _: store.current())),
    ]


def _trying_out() -> Sequence[Figure]:
    """Measure how long an attacker needs to try all ten-digit numbers on one core."""
    key, numbers = b"k" * 32, [str(10**9 + number) for number in range(2000)]
    listed = _seconds(numbers, lambda number: fingerprint(key, number))
    stretched = _seconds(
        numbers, lambda number: pbkdf2_hmac("sha256", number.encode(), key, ROUNDS, 8)
    )
    return [
        Figure(
            "trying all ten-digit numbers, with list and key",
            f"{listed * 1e10 / 3600:.0f} h",
            "one core",
        ),
        Figure(
            "trying all ten-digit numbers, with a browser's list of cards",
            f"{stretched * 1e10 / 86400:.0f} days",
            "one core",
        ),
    ]


def _each(codes: Sequence[str], look_up: Callable[[str], object]) -> str:
    return f"{_seconds(codes, look_up) * 1e6:.1f} µs"


def _seconds(codes: Sequence[str], look_up: Callable[[str], object]) -> float:
    """Return the processor time per look-up, in seconds."""
    began = time.process_time()
    for code in codes:
        look_up(code)
    return (time.process_time() - began) / len(codes)
