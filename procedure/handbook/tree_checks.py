"""Checks that the procedure can be followed to its end."""

from collections.abc import Collection, Iterator

from procedure.errors import Fault
from procedure.guide.steps import Procedure, Step
from procedure.handbook.spelling import suggest_known

FILE = "steps.toml"

_NEEDED = {
    "question": [("answers", "dead end: a question needs answers that lead to other steps")],
    "contact": [("contact", "a contact step needs the key of a contact in contacts.toml")],
    "lending": list[tuple[str, str]](),
}
_ALLOWED = {
    "question": {"answers"},
    "contact": {"contact", "when_closed"},
    "lending": set[str](),
}


def check_tree(
    procedure: Procedure,
    *,
    targets: Collection[str] | None = None,
    contacts: Collection[str] | None = None,
) -> tuple[Fault, ...]:
    """Return the faults in the start, in each step in order, and in the tree as a whole.

    Faults are dead ends, missing fields that a step's kind needs, fields that it does not allow,
    unknown steps, targets and contacts, targets in two steps, unreachable steps, cycles, and a
    missing or second lending step. If `targets` or `contacts` is None, references to them are not
    checked.
    """
    return tuple(_faults(procedure, targets, contacts))


def _faults(
    procedure: Procedure, targets: Collection[str] | None, contacts: Collection[str] | None
) -> Iterator[Fault]:
    yield from _start(procedure)
    for step in procedure.steps.values():
        yield from _wrong_fields(step)
        yield from _unknown_steps(procedure, step)
        yield from _unknown_targets(step, targets)
        yield from _unknown_contact(step, contacts)
    yield from _duplicate_targets(procedure)
    if _leads_everywhere(procedure):
        yield from _unreachable(procedure)
    yield from _cycles(procedure)
    yield from _lending(procedure)


def _start(procedure: Procedure) -> Iterator[Fault]:
    if procedure.start not in procedure.steps:
        meant = suggest_known(procedure.start, procedure.steps)
        yield Fault(FILE, "start", f'there is no step "{procedure.start}"; {meant}')


def _wrong_fields(step: Step) -> Iterator[Fault]:
    for needed, message in _NEEDED[step.kind]:
        if not getattr(step, needed):
            yield Fault(FILE, f"{step.key}.{needed}", message)
    for name in ("answers", "contact", "when_closed"):
        if getattr(step, name) and name not in _ALLOWED[step.kind]:
            message = f"a {step.kind} step cannot have {name}; remove it or change the step's kind"
            yield Fault(FILE, f"{step.key}.{name}", message)


def _unknown_steps(procedure: Procedure, step: Step) -> Iterator[Fault]:
    for way, to in step.transitions():
        if to not in procedure.steps:
            message = f'there is no step "{to}"; {suggest_known(to, procedure.steps)}'
            yield Fault(FILE, f"{step.key}.{way}", message)


def _unknown_targets(step: Step, targets: Collection[str] | None) -> Iterator[Fault]:
    for target in step.targets:
        if targets is not None and target not in targets:
            message = (
                f'there is no target "{target}" in targets.toml; {suggest_known(target, targets)}'
            )
            yield Fault(FILE, f"{step.key}.targets", message)


def _unknown_contact(step: Step, contacts: Collection[str] | None) -> Iterator[Fault]:
    if step.contact is not None and contacts is not None and step.contact not in contacts:
        meant = suggest_known(step.contact, contacts)
        message = f'there is no contact "{step.contact}" in contacts.toml; {meant}'
        yield Fault(FILE, f"{step.key}.contact", message)


def _duplicate_targets(procedure: Procedure) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for step in procedure.steps.values():
        for target in step.targets:
            if target in first:
                message = f'"{target}" already belongs to {first[target]}; keep it in only one step'
                yield Fault(FILE, f"{step.key}.targets", message)
            first.setdefault(target, step.key)


def _leads_everywhere(procedure: Procedure) -> bool:
    """Return whether the start and all transitions lead to steps, and all questions have answers.

    Otherwise, a step may be unreachable only because the start, a step or an answer is missing.
    """
    return procedure.start in procedure.steps and all(
        (step.kind != "question" or step.answers)
        and all(to in procedure.steps for _, to in step.transitions())
        for step in procedure.steps.values()
    )


def _unreachable(procedure: Procedure) -> Iterator[Fault]:
    reached = _reachable_steps(procedure)
    for key in procedure.steps:
        if key not in reached:
            message = (
                f"cannot be reached from {procedure.start}; let an answer lead here or remove it"
            )
            yield Fault(FILE, key, message)


def _reachable_steps(procedure: Procedure) -> set[str]:
    reached: set[str] = set()
    to_visit = [procedure.start]
    while to_visit:
        key = to_visit.pop()
        if key in procedure.steps and key not in reached:
            reached.add(key)
            to_visit.extend(to for _, to in procedure.steps[key].transitions())
    return reached


def _cycles(procedure: Procedure) -> Iterator[Fault]:
    done: set[str] = set()
    for key in procedure.steps:
        if key not in done:
            yield from _cycles_below(procedure, (key,), done)


def _cycles_below(procedure: Procedure, above: tuple[str, ...], done: set[str]) -> Iterator[Fault]:
    current = above[-1]
    done.add(current)
    for way, to in procedure.steps[current].transitions():
        if to in above:
            circle = " → ".join((*above[above.index(to) :], to))
            message = f"leads in a circle, {circle}; make it lead to a later step"
            yield Fault(FILE, f"{current}.{way}", message)
        elif to in procedure.steps and to not in done:
            yield from _cycles_below(procedure, (*above, to), done)


def _lending(procedure: Procedure) -> Iterator[Fault]:
    lending = [step.key for step in procedure.steps.values() if step.kind == "lending"]
    if not lending:
        yield Fault(FILE, "start", 'no step has kind = "lending"; one must say how to lend')
    for key in lending[1:]:
        message = f"{lending[0]} is already the lending step; there can be only one"
        yield Fault(FILE, f"{key}.kind", message)
