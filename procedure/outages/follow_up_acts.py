"""What people do beside and after an outage: name who leads, add and finish tasks, review it.

As in `procedure.outages.outage_acts`, each act is a function of values to the entry to record.
"""

from datetime import date
from uuid import UUID

from procedure.circulation.redaction import redact_identifiers
from procedure.errors import OutageRefused
from procedure.outages.declared_outage import OutageLog, OutageRecord
from procedure.outages.follow_up import OutageLed, OutageReviewed, TaskAdded, TaskDone
from procedure.outages.outage_acts import Occasion

LONGEST_PERSON = 80
LONGEST_REVIEW = 4000


def name_leader(record: OutageRecord, leader: str, occasion: Occasion) -> OutageLed:
    """Return that a person leads from now on.

    Raises:
        OutageRefused.
    """
    name = _person(leader, occasion, "leader_missing", "Say who leads.")
    return OutageLed(**occasion.entry(), outage=record.declared.id, leader=name)


def add_task(
    record: OutageRecord, text: str, owner: str, due: str, occasion: Occasion
) -> TaskAdded:
    """Return a task with its owner; `due` is a day as 2026-12-01, or empty.

    Raises:
        OutageRefused.
    """
    words = occasion.text(text)
    if not words:
        raise OutageRefused("task_missing", "Say in a few words what is to be done.")
    name = _person(owner, occasion, "owner_missing", "Say who does it: the owner of the task.")
    return TaskAdded(
        **occasion.entry(), outage=record.declared.id, text=words, owner=name, due=_day(due)
    )


def finish_task(log: OutageLog, task: UUID, occasion: Occasion) -> TaskDone:
    """Return that a task is done.

    Raises:
        OutageRefused: there is no such task, or it is done.
    """
    for record in log.records():
        if any(one.added.id == task for one in record.follow_up.open_tasks):
            return TaskDone(**occasion.entry(), outage=record.declared.id, task=task)
    raise OutageRefused("task_unknown", "No such task is open: somebody has done it, or never was.")


def review(
    record: OutageRecord,
    happened: str | None,
    noticed: str | None,
    change: str | None,
    occasion: Occasion,
) -> OutageReviewed:
    """Return the review of an outage: what happened, when it was noticed, what to change.

    A text that is None stays as the newest review has it.

    Raises:
        OutageRefused: nothing differs from the newest review, or a text is too long.
    """
    newest = record.follow_up.review
    before = (newest.happened, newest.noticed, newest.change) if newest else ("", "", "")
    texts = tuple(
        was if text is None else _lines(text, occasion)
        for text, was in zip((happened, noticed, change), before, strict=True)
    )
    if texts == before:
        raise OutageRefused("review_unchanged", "Nothing was changed in the review.")
    return OutageReviewed(
        **occasion.entry(),
        outage=record.declared.id,
        happened=texts[0],
        noticed=texts[1],
        change=texts[2],
    )


def _person(name: str, occasion: Occasion, missing: str, what: str) -> str:
    words = occasion.text(name, LONGEST_PERSON)
    if not words:
        raise OutageRefused(missing, what)
    return words


def _lines(text: str, occasion: Occasion) -> str:
    if len(text) > LONGEST_REVIEW:
        raise OutageRefused("review_too_long", f"Write {LONGEST_REVIEW} signs at most.")
    lines = [redact_identifiers(line, occasion.rules) for line in text.splitlines()]
    return "\n".join(lines).strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise OutageRefused("no_day", "Write the day like 2026-12-01.") from None
