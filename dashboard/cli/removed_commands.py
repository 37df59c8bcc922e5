"""Commands removed before 1.0.0, and what to use instead."""

import click

REMOVED = {
    "history": "relais records export writes every outcome, as Parquet or CSV.",
    "lists fetch": "save the report as CSV, then run relais lists import FILE.",
    "outage lead": "the outage's log says who did what; relais outage note adds to it.",
    "outage task": "keep tasks in your ticket system; relais outage review records what to change.",
    "reconcile cart": "the Reconciliation page lists the books on the carts.",
    "reconcile resolve": "settle the loan on the Reconciliation page.",
}


def replacement(ctx: click.Context, name: str) -> str | None:
    """Return what to use instead of a removed command, or None."""
    names = [name]
    while ctx.parent is not None:
        names.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return REMOVED.get(" ".join(names))
