"""A group of commands that are imported when they are called."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from dashboard.cli.removed_commands import replacement
from dashboard.core.interruption import exit_interrupted


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """The module of a command, and the line that describes the command in the help."""

    module: str
    summary: str


class LazyGroup(click.Group):
    """A group that imports a command only when it is called, so that all commands start quickly.

    `sections` maps each heading in the help to its commands, keyed by name.
    """

    def __init__(
        self, *args: Any, sections: Mapping[str, Mapping[str, LazyCommand]] = {}, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self._sections = sections
        self._lazy = {name: lazy for part in sections.values() for name, lazy in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self._lazy])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module = import_module(self._lazy[cmd_name].module)
        # From now on, an interruption must run cleanup code.
        if signal.getsignal(signal.SIGINT) is exit_interrupted:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        commands = (value for value in vars(module).values() if isinstance(value, click.Command))
        return next(command for command in commands if command.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; the error for an unknown command says what to use instead."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            if instead := replacement(ctx, args[0]):
                ctx.fail(f"{args[0]!r} is no longer a command: {instead}")
            similar = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if similar and "Did you mean" not in wrong.format_message():
                ctx.fail(f"{wrong.message} Did you mean {similar[0]!r}?")
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        loaded = [(name, self.commands[name]) for name in super().list_commands(ctx)]
        own = {"Commands": [(name, command.get_short_help_str(80)) for name, command in loaded]}
        lazy = {
            heading: [(name, command.summary) for name, command in commands.items()]
            for heading, commands in self._sections.items()
        }
        for heading in own | lazy:
            rows = sorted(own.get(heading, []) + lazy.get(heading, []))
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)
