"""The `relais` command: one group, its words in `dashboard.commands`."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from dashboard.errors import DashboardError
from procedure.errors import ProcedureError

COMMANDS = {
    "accept-missing": "dashboard.commands.accept_missing",
    "availability": "dashboard.commands.availability",
    "backup": "dashboard.commands.backup",
    "check": "dashboard.commands.handbook",
    "desks": "dashboard.commands.handbook",
    "dossier": "dashboard.commands.dossier",
    "history": "dashboard.commands.history",
    "loans": "dashboard.commands.loans",
    "outages": "dashboard.commands.history",
    "probe": "dashboard.commands.probe",
    "reconcile": "dashboard.commands.reconcile",
    "replay": "dashboard.commands.replay",
    "restore": "dashboard.commands.backup",
    "sample-data": "dashboard.commands.sample",
    "serve": "dashboard.commands.serve",
    "standin": "dashboard.commands.standin",
    "tree": "dashboard.commands.handbook",
}


class Relais(click.Group):
    """A group that imports a command only when it is asked for: `relais loans add` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of the alphabet."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command by its name, in the module that the table gives."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        return getattr(module, cmd_name.replace("-", "_"))


@click.group(cls=Relais)
@click.version_option(package_name="alma-relais", prog_name="relais")
def relais() -> None:
    """Relais takes over when Alma is down."""


def main() -> None:
    """Run the command; what it refuses is one sentence on standard error and exit code 1."""
    try:
        relais(standalone_mode=True)
    except (ProcedureError, DashboardError) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
