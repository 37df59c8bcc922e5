"""The time at which the library system began to answer again at each vantage."""

from collections.abc import Iterable
from datetime import datetime

from procedure.diagnosis.evidence import ANSWERS
from procedure.monitoring.model import Outcome, Status


def answered_again(outcomes: Iterable[Outcome]) -> tuple[tuple[str, datetime], ...]:
    """Return each vantage with the time of its first answer after its last failure (UTC).

    `outcomes` come from probes of the usual way in, in chronological order. The vantages are
    sorted by the time of that answer. Vantages that never failed, or still fail, are left out.
    """
    failing = set[str]()
    again = dict[str, datetime]()
    for outcome in outcomes:
        if outcome.status is Status.DOWN:
            failing.add(outcome.vantage)
            again.pop(outcome.vantage, None)
        elif outcome.status in ANSWERS and outcome.vantage in failing:
            failing.remove(outcome.vantage)
            again[outcome.vantage] = outcome.at
    return tuple(sorted(again.items(), key=lambda item: item[1]))
