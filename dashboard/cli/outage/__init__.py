"""`relais outage`: declare, message, note, end and review an outage, as the page does."""

import click

from dashboard.cli.lazy_group import LazyGroup
from dashboard.cli.outage.acts import declare, end, message, note, review, status


@click.group(cls=LazyGroup)
def outage() -> None:
    """Declare an outage, send messages and end it, without a page.

    A command changes the same record as the page: every page shows it within a second. Times are
    written like 09:12, 24.11. 09:12, or 2026-11-24T09:12+01:00.

    Example: `relais outage declare "Nobody can log in" --by "A. Favre"`.
    """


for _command in (declare, end, message, note, review, status):
    outage.add_command(_command)
