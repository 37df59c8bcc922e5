"""The `relais` command: its subcommands and their help."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from dashboard.cli import SECTIONS, relais
from dashboard.cli.loans import TABLES
from dashboard.cli.removed_commands import REMOVED
from tests.support.cli import run_relais


def words_of(command: click.Command, *before: str) -> Iterator[tuple[str, ...]]:
    """Yield the words that call this command, and those that call each command below it."""
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
    assert "Example: " in short.output
    # The help of a group shows a complete sentence for each command.
    assert "..." not in short.output.partition("Options:")[2]


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (["--help"], {"pandas", "panel", "sqlalchemy", "bokeh", "pydantic"}),
        (["loans", "list", "-h"], {"pydantic"}),  # a command that needs no handbook
    ],
)
def test_help_loads_only_what_it_needs(words: list[str], absent: set[str]) -> None:
    code = f"from dashboard.cli import relais; relais({words}, standalone_mode=False)"
    after = f"import sys; print(sorted({absent} & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{after}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# Modules of commands that print or record data frames.
WITH_PANDAS = {"dashboard.cli.report", "dashboard.cli.sample_data"}
# Modules of commands that serve pages.
WITH_PANEL = {"dashboard.cli.serve", "dashboard.cli.run_drill"}


def test_commands_load_neither_panel_nor_pandas_without_need() -> None:
    sections = [*SECTIONS.values(), TABLES]
    modules = {command.module for section in sections for command in section.values()}
    named = ", ".join(sorted(modules - WITH_PANDAS - WITH_PANEL))
    code = f"import sys, {named}; print(sorted({{'pandas', 'panel', 'bokeh'}} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("command", REMOVED)
def test_removed_command_names_its_replacement(command: str) -> None:
    result = run_relais(*command.split(), "--database", "sqlite:///x.sqlite3")
    message = (
        f"Error: {command.rsplit(maxsplit=1)[-1]!r} is no longer a command: {REMOVED[command]}\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(message)


def test_unknown_command_names_a_similar_one() -> None:
    for words, similar in ((["serv"], "serve"), (["reconcile", "verfy"], "verify")):
        result = CliRunner().invoke(relais, words)
        assert result.exit_code == 2
        message = f"Error: No such command {words[-1]!r}. Did you mean {similar!r}?"
        assert result.output.splitlines()[-1] == message
