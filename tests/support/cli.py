"""Runs the `relais` command in this process."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result

from dashboard.cli import relais

Run = Callable[..., Result]


def run_relais(*words: object, database: object = None, text: str = "", **env: str) -> Result:
    """Run a command on a database file or the environment's database; return its result."""
    own = {} if database is None else {"RELAIS_DATABASE_URL": f"sqlite:///{database}"}
    return CliRunner().invoke(relais, [str(word) for word in words], input=text, env=own | env)


def json_lines(result: Result) -> list[dict[str, Any]]:
    """Return the JSON objects that a command printed, one per line."""
    return [json.loads(line) for line in result.stdout.splitlines()]
