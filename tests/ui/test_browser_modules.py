"""What the browser computes by itself, held to what Python makes of the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from playwright.sync_api import Browser, Page

from procedure.wall_clock import GENEVA, instants

pytestmark = pytest.mark.ui

STATIC = Path(__file__).resolve().parents[2] / "dashboard" / "static"
LOAD = """async (sources) => {
    for (const [name, source] of Object.entries(sources)) {
        const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
        globalThis[name] = await import(url)
    }
}"""
MODULES = ("transaction", "loan_id", "wall_clock")


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.evaluate(LOAD, {name: (STATIC / f"{name}.js").read_text("utf-8") for name in MODULES})
    yield page
    page.close()


def test_ids_are_of_version_7_and_grow_also_when_the_clock_is_set_back(blank: Page) -> None:
    moments = [1_800_000_000_000] * 6000 + [1_700_000_000_000] * 50 + [1_900_000_000_000]
    told = blank.evaluate("moments => moments.map((at) => transaction.uuid(at))", moments)
    ids = [UUID(one) for one in told]
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert all(one < other for one, other in pairwise(ids))
    assert (ids[0].int >> 80, ids[-1].int >> 80) == (moments[0], moments[-1])


def test_the_loan_that_completes_a_waiting_one_has_the_id_that_the_server_gives_it(
    blank: Page,
) -> None:
    waiting = [UUID(int=(0x019AB0C17B00 << 80) + 7919 * number) for number in range(50)]
    told = blank.evaluate("ids => ids.map(loan_id.loanId)", [str(one) for one in waiting])
    assert told == [str(uuid5(one, "loan")) for one in waiting]


def test_an_hour_on_paper_is_the_instant_at_which_clocks_showed_it(blank: Page) -> None:
    first = datetime.fromisoformat("2026-01-01T09:41")
    walls = [first + timedelta(days=day, minutes=7 * day) for day in range(365)]
    walls += [datetime.fromisoformat(f"2026-{day}T02:30") for day in ("03-29", "10-25")]
    asked = [[f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"] for wall in walls]
    told = blank.evaluate(
        "asked => asked.map(([day, time]) => wall_clock.instant(day, time))", asked
    )
    found = [one and datetime.fromtimestamp(one / 1000, UTC) for one in told]
    assert found == [next(iter(instants(wall, GENEVA)), None) for wall in walls]
