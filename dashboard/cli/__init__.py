"""The `relais` command."""

import os
from pathlib import Path

import click

from dashboard.cli.lazy_group import LazyCommand, LazyGroup
from dashboard.cli.streams import accept_any_text, discard_output, is_output_fault
from dashboard.core.errors import DashboardError
from dashboard.core.interruption import INTERRUPTED
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.errors import ProcedureError

SECTIONS = {
    "Serve and practise": {
        "serve": LazyCommand("dashboard.cli.serve", "Serve the dashboard to browsers."),
        "lists": LazyCommand("dashboard.cli.lists", "Manage lists of blocked accounts and items."),
        "doctor": LazyCommand(
            "dashboard.cli.doctor", "Check that everything is ready for an outage."
        ),
        "drill": LazyCommand("dashboard.cli.run_drill", "Simulate an outage for practice."),
        "probe": LazyCommand("dashboard.cli.probe", "Probe every target once."),
        "alert-test": LazyCommand("dashboard.cli.alert_test", "Send a test alert to each address."),
        "self-test": LazyCommand(
            "dashboard.cli.self_test", "Test this installation with made-up data."
        ),
    },
    "Loans and their reconciliation": {
        "desk-file": LazyCommand(
            "dashboard.cli.loans.desk_file", "Write the desk page to one file."
        ),
        "loans": LazyCommand("dashboard.cli.loans", "List, import and export loans."),
        "reconcile": LazyCommand(
            "dashboard.cli.reconcile", "Get every loan into the library system."
        ),
    },
    "The outage": {
        "outage": LazyCommand("dashboard.cli.outage", "Declare, update and end an outage."),
        "dossier": LazyCommand("dashboard.cli.write_dossier", "Write the dossier of an outage."),
    },
    "The library's handbook": {
        "check": LazyCommand("dashboard.cli.handbook", "List the faults in a handbook."),
        "new-handbook": LazyCommand("dashboard.cli.handbook", "Write a template for a handbook."),
        "language": LazyCommand("dashboard.cli.language", "Write a template for a translation."),
    },
    "What was recorded": {
        "records": LazyCommand("dashboard.cli.records", "Write all tables to files."),
        "report": LazyCommand("dashboard.cli.report", "Show how available each service was."),
        "replay": LazyCommand("dashboard.cli.replay", "Diagnose a scenario or a past outage."),
    },
    "People and personal data": {
        "audit": LazyCommand("dashboard.cli.user.audit", "List who did what."),
        "purge": LazyCommand(
            "dashboard.cli.purge_identifiers", "Delete the identifiers of settled loans."
        ),
        "user": LazyCommand("dashboard.cli.user", "Manage local accounts."),
    },
    "The database": {
        "accept-missing": LazyCommand(
            "dashboard.cli.database.accept_missing", "Accept that entries are missing."
        ),
        "backup": LazyCommand(
            "dashboard.cli.database.backup_and_restore", "Copy the database while the server runs."
        ),
        "migrate": LazyCommand(
            "dashboard.cli.database.migrate", "Copy the database into PostgreSQL."
        ),
        "restore": LazyCommand(
            "dashboard.cli.database.backup_and_restore", "Restore the database from a backup."
        ),
        "upgrade": LazyCommand(
            "dashboard.cli.database.upgrade", "Show what this version will change."
        ),
    },
    "Made-up data": {
        "sample-data": LazyCommand("dashboard.cli.sample_data", "Fill an empty database."),
        "standin": LazyCommand("dashboard.cli.standin", "Serve a stand-in for Alma."),
    },
}


@click.group(
    cls=LazyGroup, sections=SECTIONS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="alma-relais", prog_name="relais")
def relais() -> None:
    """Relais takes over when the library system is down.

    Example: `relais serve` on one machine, then http://localhost:5006 in a browser.
    """
    # Imported here so that the help appears at once.
    from procedure.io.handbook_files import load_zone  # noqa: PLC0415
    from procedure.local_time import use_zone  # noqa: PLC0415

    folder = os.environ.get("RELAIS_HANDBOOK")
    use_zone(load_zone(Path(folder) if folder else PACKAGED_HANDBOOK))


def run() -> int:
    """Run the command and return its exit code, printing errors on standard error.

    The exit code is 1 for a refusal, 2 for a wrong option and 130 for an interruption; some
    commands use further codes.
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
        # Click raises Abort for an interruption, for the answer "no", and if no input is possible.
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
    """Return a message about a file or output error; re-raise any other error."""
    if fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}."
    if not is_output_fault(fault):
        raise fault
    discard_output()
    return f"The output cannot be written ({fault.strerror})."
