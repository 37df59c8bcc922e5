"""The commands removed before 1.0.0, and what to use instead of each."""

import click

REMOVED = {
    "history": "relais records export writes every outcome, as Parquet or CSV.",
    "lists fetch": "save the report as CSV, and take it by relais lists import FILE.",
    "outage lead": "the course of the outage names who did each act; relais outage note adds more.",
    "outage task": "keep tasks in your ticket tool; relais outage review says what to change.",
    "reconcile cart": "the page Reconciliation lists the books on the carts.",
    "reconcile resolve": "settle the loan on the page Reconciliation.",
}


def replacement(ctx: click.Context, name: str) -> str | None:
    """Return the replacement for a removed command of this group, or None for any other name."""
    names = [name]
    while ctx.parent is not None:
        names.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return REMOVED.get(" ".join(names))
