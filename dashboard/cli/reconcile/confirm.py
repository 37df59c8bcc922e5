"""Sends one request with an effect, once, after --yes, and prints its outcome."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from dashboard.cli.alma import act_in_alma
from dashboard.cli.exit_codes import NEEDS_A_PERSON, STOPPED
from dashboard.cli.reconcile.format import refusal_text
from dashboard.settings import Settings
from procedure.circulation.settlements import RequestOutcome, ReturnAnswered
from procedure.io.alma.client import AlmaApi
from procedure.reconciliation.journal_entries import LoanAnswered

_A = TypeVar("_A", LoanAnswered, ReturnAnswered)


def send_confirmed(
    settings: Settings,
    *,
    send: Callable[[AlmaApi], Awaitable[_A]],
    settle: Callable[[AlmaApi], Awaitable[_A | None]],
    sent_before: bool,
    preview: str | None,
    describe: Callable[[_A], str],
) -> None:
    """Send a request and print its outcome; exit with the code of that outcome.

    A request that was `sent_before` and has no answer is settled, and not sent. With a `preview`,
    nothing is sent, and the preview is printed.
    """
    if sent_before:
        click.echo("It was sent before: looking in Alma, nothing is sent.", err=True)
        answer = act_in_alma(settings, settle)
        if answer is None:
            click.echo("Too early to tell: run it again in two minutes.", err=True)
            sys.exit(STOPPED)
    elif preview is not None:
        click.echo(preview)
        sys.exit(NEEDS_A_PERSON)
    else:
        answer = act_in_alma(settings, send)
    if answer.fate is RequestOutcome.MADE:
        click.echo(describe(answer))
        return
    if answer.fate is RequestOutcome.REFUSED:
        click.echo(f"Alma refuses it: {refusal_text(answer.code)}.")
    else:
        click.echo("The request never arrived: nothing was done. Run it again to send it.")
    sys.exit(NEEDS_A_PERSON)
