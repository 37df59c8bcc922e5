"""`relais outage lead | review` and `relais outage task add | done | list`."""

from uuid import UUID

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.open_database import database_option, open_existing, outage_log
from dashboard.cli.outage.acts import record
from dashboard.cli.output import counted, json_line
from dashboard.cli.reconcile.log import by
from dashboard.outage.outage_json import task_object
from procedure.outages import follow_up_acts
from procedure.outages.declared_outage import OutageLog, OutageRecord, find_outage
from procedure.outages.follow_up import FollowUpTask

_OUTAGE = click.option(
    "--outage", "about", default="last", help="Its id or the beginning of it; the last if not."
)


@click.group(cls=LazyGroup)
def task() -> None:
    """List, add and finish what is to be done after an outage.

    Example: `relais outage task list`.
    """


@task.command()
@click.argument("text")
@click.option("--owner", required=True, metavar="NAME", help="Who does it.")
@click.option("--due", default="", metavar="DAY", help="Until when, as 2026-12-01.")
@_OUTAGE
@by("Who notes it.")
@database_option
def add(*, text: str, owner: str, due: str, about: str, operator: str) -> None:
    """Add a task with its owner; it stands on the calm page until it is done.

    Example: `relais outage task add "Ask EU03 why" --owner "A. Favre" --by "L. Martin"`.
    """
    entry = record(
        operator,
        lambda log, occasion: [
            follow_up_acts.add_task(_outage(log, about), text, owner, due, occasion)
        ],
    )
    click.echo(f"The task is noted: {str(entry.id)[-8:]}.")


@task.command()
@click.argument("task_id", metavar="TASK")
@by("Who says so.")
@database_option
def done(*, task_id: str, operator: str) -> None:
    """Say that TASK is done: its id, or the end of it.

    Example: `relais outage task done 57cf6c01 --by "A. Favre"`.
    """
    record(
        operator,
        lambda log, occasion: [follow_up_acts.finish_task(log, _find(log, task_id), occasion)],
    )
    click.echo("The task is done.")


@task.command(name="list")
@click.option("--all", "every", is_flag=True, help="Also what is done.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a task.")
@database_option
def list_(*, every: bool, as_json: bool) -> None:
    """List the open tasks of all outages.

    Example: `relais outage task list --json`.
    """
    with open_existing() as database:
        records = outage_log(database).records()
    shown = 0
    for record_ in records:
        known = record_.follow_up
        for one in known.tasks if every else known.open_tasks:
            shown += 1
            click.echo(json_line(task_object(one)) if as_json else _line(one, record_))
    click.echo(f"{counted(shown, 'task')}.", err=True)


def _outage(log: OutageLog, about: str) -> OutageRecord:
    return find_outage(log.records(), about)


def _find(log: OutageLog, text: str) -> UUID:
    """Return the only open task whose id ends so.

    Raises:
        click.BadParameter: none does, or several do.
    """
    part = text.strip().lower()
    ids = [one.added.id for record_ in log.records() for one in record_.follow_up.open_tasks]
    matches = [key for key in ids if part and str(key).endswith(part)]
    if len(matches) == 1:
        return matches[0]
    wrong = "ends the id of more than one" if matches else "is the id of no open task"
    raise click.BadParameter(f"{text} {wrong}; relais outage task list has them", param_hint="TASK")


def _line(one: FollowUpTask, record_: OutageRecord) -> str:
    added, due = one.added, one.added.due or "-"
    state = "done" if one.done else "open"
    about = f"{added.text}  ({record_.declared.title})"
    return f"{str(added.id)[-8:]}  {state}  {due!s:10}  {added.owner:16}  {about}"


@click.command()
@click.argument("leader", metavar="NAME")
@_OUTAGE
@by("Who says so.")
@database_option
def lead(*, leader: str, about: str, operator: str) -> None:
    """Say who leads from now on; every page shows it.

    Example: `relais outage lead "A. Favre" --by "L. Martin"`.
    """
    record(
        operator,
        lambda log, occasion: [follow_up_acts.name_leader(_outage(log, about), leader, occasion)],
    )
    click.echo("Every page shows who leads.")


@click.command()
@click.option("--happened", metavar="TEXT", help="What happened.")
@click.option("--noticed", metavar="TEXT", help="When it was noticed, and by whom.")
@click.option("--change", metavar="TEXT", help="What to change.")
@_OUTAGE
@by("Who writes it.")
@database_option
def review(
    *, happened: str | None, noticed: str | None, change: str | None, about: str, operator: str
) -> None:
    """Write the review of an outage for its dossier.

    A text that is not given stays as it is.

    Example: `relais outage review --change "Call EU03 earlier." --by "A. Favre"`.
    """
    record(
        operator,
        lambda log, occasion: [
            follow_up_acts.review(_outage(log, about), happened, noticed, change, occasion)
        ],
    )
    click.echo("The review is in the dossier.")
