"""Lists in the stand-in for Alma that only other clients ask for: users, libraries, jobs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from procedure.simulation.alma.calls import BASE, ApiAnswer, ApiCall, Calls
from procedure.simulation.alma.shapes import user_body
from procedure.simulation.alma.world import World


def _page(call: ApiCall, name: str, rows: Sequence[dict[str, Any]], root: str) -> ApiAnswer:
    body: dict[str, Any] = {"total_record_count": len(rows)}
    if page := call.page(rows):
        body[name] = page
    return ApiAnswer(body, root)


def _users(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del parts
    users = {user.primary_id: user for user in world.users.values()}
    # [D] q=last_name~x AND first_name~y, with spaces as underscores; ALL and others match anything.
    wanted = dict(part.split("~", 1) for part in call.query.get("q", "").split(" AND ") if part)
    rows = [
        {
            name: user_body(user)[name]
            for name in ("primary_id", "first_name", "last_name", "status")
        }
        for user in users.values()
        if all(
            value.replace("_", " ").casefold() in str(getattr(user, name, value)).casefold()
            for name, value in wanted.items()
        )
    ]
    return _page(call, "user", rows, "users")


def _libraries(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del parts
    codes = dict.fromkeys(desk.library for desk in world.desks.values())
    return _page(call, "library", [{"code": code, "name": code} for code in codes], "libraries")


def _jobs(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del world, parts
    return _page(call, "job", [{"id": "M135", "name": "Job M135"}], "jobs")


CALLS: Calls = (
    ("GET", re.compile(BASE + "/users"), _users),
    ("GET", re.compile(BASE + "/conf/libraries"), _libraries),
    ("GET", re.compile(BASE + "/conf/jobs"), _jobs),
)
