"""Imports run downward only: views -> state -> procedure (pure); the edge alone meets the world."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROCEDURE_EDGE = ("procedure.io", "procedure.standin")
# What each room may not reach for. The longest matching name of a module decides.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "procedure": (
        "dashboard",
        "panel",
        "param",
        "bokeh",
        "tornado",
        "procedure.io",
        "procedure.standin",
        "httpx",
        "sqlalchemy",
        "socket",
        "ssl",
        "asyncio",
        "threading",
        "os",
        "sqlite3",
        "time",
    ),
    "procedure.io": ("dashboard", "panel", "param", "bokeh", "procedure.standin"),
    "procedure.standin": ("dashboard", "panel", "param", "bokeh", "procedure.io.alma_api"),
    "dashboard.state": (
        "dashboard.views",
        "dashboard.components",
        "dashboard.app",
        "panel",
        "bokeh",
        "procedure.io",
        "httpx",
        "sqlalchemy",
        "os",
    ),
    "dashboard.views": ("dashboard.app", "procedure.io", "httpx", "sqlalchemy", "os"),
    "dashboard.components": (
        "dashboard.views",
        "dashboard.state",
        "dashboard.app",
        "procedure.io",
        "os",
    ),
    "dashboard.commands": ("dashboard.views", "dashboard.components"),
    "dashboard": (),
}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    rooms = [room for room in FORBIDDEN if module == room or module.startswith(room + ".")]
    return max(rooms, key=len)


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def offences(path: Path, source: str) -> list[str]:
    module = module_name(path)
    room = room_of(module)
    found = {
        f"{path.relative_to(ROOT)}:{line}: {room} must not import {barred}"
        for line, name in imports(ast.parse(source))
        for barred in FORBIDDEN[room]
        if name == barred or name.startswith(barred + ".")
    }
    return sorted(found)


def sources() -> list[Path]:
    return [p for top in ("procedure", "dashboard") for p in sorted((ROOT / top).rglob("*.py"))]


def test_imports_run_downward_only() -> None:
    found = [line for path in sources() for line in offences(path, path.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("place", "source", "line"),
    [
        (
            "procedure/walk.py",
            "x = 1\nimport panel as pn\n",
            "procedure/walk.py:2: procedure must not import panel",
        ),
        (
            "dashboard/state/board.py",
            "from dashboard.views import grid\n",
            "dashboard/state/board.py:1: dashboard.state must not import dashboard.views",
        ),
        (
            "procedure/steps.py",
            "from procedure import io\n",
            "procedure/steps.py:1: procedure must not import procedure.io",
        ),
    ],
)
def test_an_upward_import_is_named_by_file_and_line(place: str, source: str, line: str) -> None:
    assert offences(ROOT / place, source) == [line]
