"""Some time after startup, a thread imports the modules that the places need."""

import asyncio
import sys
from subprocess import run

from dashboard.pages.warm_up import start_warm_up

PAGES = ("history.history", "loans.loans", "outage.coordination", "reconciliation.reconciliation")


def test_start_imports_no_place_and_the_warm_up_imports_all() -> None:
    shown = f"print(*[f'dashboard.{{page}}_page' in sys.modules for page in {PAGES}])"
    code = f"import sys, dashboard.pages.warm_up as up; {shown}; up.load_places(); {shown}"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 4 + ["True"] * 4


def test_warm_up_does_not_block_the_event_loop() -> None:
    async def turns() -> int:
        start_warm_up(0)
        count = 0
        while len(asyncio.all_tasks()) > 1:
            count += 1
            await asyncio.sleep(0.001)
        return count

    assert asyncio.run(turns()) > 0
