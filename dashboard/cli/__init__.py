"""The `relais` command: one group, each command imported when it is called."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.streams import accept_any_text, discard_output, is_output_fault
from dashboard.entry_point import INTERRUPTED, main
from dashboard.errors import DashboardError
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.errors import ProcedureError
from procedure.io.handbook_files import load_library
from procedure.local_time import use_zone

COMMANDS = {
    "accept-missing": "dashboard.cli.storage.accept_missing",
    "alert-test": "dashboard.cli.alert_test",
    "audit": "dashboard.cli.user.audit",
    "availability": "dashboard.cli.history.availability",
    "backup": "dashboard.cli.storage.backup",
    "check": "dashboard.cli.handbook",
    "desks": "dashboard.cli.handbook",
    "doctor": "dashboard.cli.doctor",
    "dossier": "dashboard.cli.outage_report",
    "drill": "dashboard.cli.simulation.drill",
    "history": "dashboard.cli.history",
    "loans": "dashboard.cli.loans",
    "migrate": "dashboard.cli.storage.migrate",
    "new-handbook": "dashboard.cli.handbook",
    "outages": "dashboard.cli.history.outages",
    "probe": "dashboard.cli.probe",
    "purge": "dashboard.cli.personal_data.purge",
    "reconcile": "dashboard.cli.reconcile",
    "replay": "dashboard.cli.replay",
    "restore": "dashboard.cli.storage.backup",
    "sample-data": "dashboard.cli.sample",
    "serve": "dashboard.cli.serve",
    "standin": "dashboard.cli.standin",
    "tree": "dashboard.cli.handbook",
    "user": "dashboard.cli.user",
}


@click.group(
    cls=LazyGroup, modules=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="alma-relais", prog_name="relais")
def relais() -> None:
    """Relais takes over when the library system is down."""
    folder = os.environ.get("RELAIS_HANDBOOK")
    use_zone(load_library(Path(folder) if folder else PACKAGED_HANDBOOK).zone)


def run() -> int:
    """Run the command and return its exit code; a refusal is a message on standard error.

    1 is a refusal, 2 a wrong option, 130 an interruption; some commands have others.
    """
    accept_any_text()
    try:
        code = _run()
    except OSError as fault:
        if not is_output_fault(fault):
            raise
        code = 1
    discard_output()
    return code


def _run() -> int:
    code: object = 1
    try:
        code = relais.main(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        code = wrong.exit_code
    except click.Abort as stop:
        # Click raises it for an interruption, for a "no", and where no input is possible.
        cause = stop.__cause__ or stop.__context__
        code = INTERRUPTED if isinstance(cause, KeyboardInterrupt) else 1
        click.echo("Nothing was done." if code == 1 else "", err=True)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (ProcedureError, DashboardError) as refusal:
        click.echo(str(refusal), err=True)
    except SystemExit as left:
        code = left.code
    except OSError as fault:
        click.echo(_os_message(fault), err=True)
    if isinstance(code, str):
        click.echo(code, err=True)
    return code if isinstance(code, int) else int(isinstance(code, str))


def _os_message(fault: OSError) -> str:
    """Return the message about an error of a file or of the output; re-raise any other error."""
    if fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}."
    if not is_output_fault(fault):
        raise fault
    discard_output()
    return f"The output cannot be written ({fault.strerror})."


if __name__ == "__main__":
    main()
