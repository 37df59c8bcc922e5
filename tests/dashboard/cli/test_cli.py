"""The `relais` command: its words, and the help of each."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from dashboard.cli import relais


def words_of(command: click.Command, *before: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command below this one, groups included."""
    yield before
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            result = command.get_command(context, name)
            assert result is not None
            yield from words_of(result, *before, name)


@pytest.mark.parametrize("words", list(words_of(relais)), ids=" ".join)
def test_every_command_has_help_under_both_names(words: tuple[str, ...]) -> None:
    short, long = (CliRunner().invoke(relais, [*words, name]) for name in ("-h", "--help"))
    assert (short.exit_code, short.output) == (0, long.output)
    assert "-h, --help" in short.output
