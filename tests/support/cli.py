"""Runs the `relais` command in this process, as a person types it."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result

from dashboard.cli import relais

Run = Callable[..., Result]


def run_relais(*words: object, database: object = None, text: str = "", **env: str) -> Result:
    """Run a command on a database file, or on the environment's database without one."""
    own = {} if database is None else {"RELAIS_DATABASE_URL": f"sqlite:///{database}"}
    return CliRunner().invoke(relais, [str(word) for word in words], input=text, env=own | env)


def json_lines(result: Result) -> list[dict[str, Any]]:
    """Return the objects that a command has printed, one per line."""
    return [json.loads(line) for line in result.stdout.splitlines()]
