"""The time the library system began to answer again at each vantage where it had failed."""

from collections.abc import Iterable
from datetime import datetime

from procedure.diagnosis.evidence import ANSWERS
from procedure.monitoring.model import Outcome, Status


def answered_again(outcomes: Iterable[Outcome]) -> tuple[tuple[str, datetime], ...]:
    """Return each vantage with the instant of its first answer after its last failure (UTC).

    The outcomes are from the usual way in, in the order of their instants. The vantage that
    answered last comes last. A vantage that never failed, or still fails, is left out.
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
