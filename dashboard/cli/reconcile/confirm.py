"""One request with an effect, from a shell: sent once, after --yes, and what became of it told."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from dashboard.cli.alma import act_in_alma
from dashboard.cli.exit_codes import NEEDS_A_PERSON, STOPPED
from dashboard.cli.reconcile.format import refusal_words
from dashboard.settings import Settings
from procedure.circulation.settlement import RequestOutcome, ReturnAnswered
from procedure.io.alma.client import AlmaApi
from procedure.reconciliation.entries import LoanAnswered

_A = TypeVar("_A", LoanAnswered, ReturnAnswered)


def send_confirmed(
    settings: Settings,
    *,
    send: Callable[[AlmaApi], Awaitable[_A]],
    look: Callable[[AlmaApi], Awaitable[_A | None]],
    sent_before: bool,
    would: str | None,
    made: Callable[[_A], str],
) -> None:
    """Send it, and end with the exit code of what became of it.

    What was `sent_before`, and of which nobody knows what became, is looked up and not sent. With
    `would`, nothing is sent, and that is said instead.
    """
    if sent_before:
        click.echo("It was sent before: looking in Alma, nothing is sent.", err=True)
        answer = act_in_alma(settings, look)
        if answer is None:
            click.echo("Too early to tell: run it again in two minutes.", err=True)
            sys.exit(STOPPED)
    elif would is not None:
        click.echo(would)
        sys.exit(NEEDS_A_PERSON)
    else:
        answer = act_in_alma(settings, send)
    _tell(answer, made)


def _tell(answer: _A, made: Callable[[_A], str]) -> None:
    if answer.fate is RequestOutcome.MADE:
        click.echo(made(answer))
        return
    if answer.fate is RequestOutcome.REFUSED:
        click.echo(f"Alma refuses it: {refusal_words(answer.code)}.")
    else:
        click.echo("The request never arrived: nothing was done. Run it again to send it.")
    sys.exit(NEEDS_A_PERSON)
