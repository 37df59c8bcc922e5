"""Checks the meanings (`means`) that a handbook gives to targets and answers."""

from collections.abc import Collection, Iterator, Mapping

from procedure.errors import Fault
from procedure.guide.steps import ANSWER_MEANINGS, OPTIONAL_ANSWERS, Procedure, Step
from procedure.handbook.spelling import suggest_known
from procedure.monitoring.model import Meaning, Target

# For each meaning, the consequence if no target has it.
WITHOUT: dict[Meaning, str] = {
    Meaning.WAY_IN: (
        "it is not known whether the library system answers, so no outage can be diagnosed"
    ),
    Meaning.OTHER_WAY_IN: "a fault on the usual way in looks like a fault in the system",
    Meaning.SYSTEM: "a fault in the login can look like a fault in the system",
    Meaning.LOGIN: "a fault in the login looks like a fault in the system",
    Meaning.OUTSIDE: "an Internet fault looks like a fault in the system",
    Meaning.CAMPUS: "a fault in the campus network looks like an Internet fault",
    Meaning.STATUS_PAGE: "announced outages are not known",
    Meaning.TICKETS: "`relais doctor` does not warn when faults cannot be reported",
    Meaning.OFFLINE_TOOL: "`relais doctor` does not warn when the offline tool is gone",
}


def missing_meanings(
    given: Collection[Meaning], without: Collection[Meaning]
) -> Iterator[tuple[str, str]]:
    """Yield a key and a message for each meaning that is missing or wrongly listed in `without`.

    A meaning is missing if no target has it and `without` does not list it.
    """
    for meaning, consequence in WITHOUT.items():
        if meaning in without and meaning in given:
            yield "without", f'lists "{meaning}", but a target has this meaning; remove it'
        elif meaning not in without and meaning not in given:
            excuse = f', or without = ["{meaning}"] if there is none'
            if meaning is Meaning.WAY_IN:
                excuse = ""
            yield (
                "without",
                f'no target means "{meaning}": {consequence}; '
                f'write means = "{meaning}" in the section of the right target{excuse}',
            )


def step_faults(procedure: Procedure, targets: Mapping[str, Target]) -> Iterator[Fault]:
    """Yield faults in the meanings of each step's answers and targets."""
    for step in procedure.steps.values():
        rule = ANSWER_MEANINGS.get(step.evidence or "", {})
        for key, message, fix in (*_answers(step, rule), *_pages(step, targets)):
            yield Fault("steps.toml", f"{step.key}.{key}", message, fix=fix)


def _answers(step: Step, rule: Mapping[str, str]) -> Iterator[tuple[str, str, str | None]]:
    given = [answer.means for answer in step.answers if answer.means]
    for meaning in given:
        if meaning not in rule:
            hint = suggest_known(meaning, rule) if rule else "the step has no evidence; remove it"
            yield "means", f'"{meaning}" is not a meaning for an answer here; {hint}', None
        elif given.count(meaning) > 1:
            yield "means", f'two answers mean "{meaning}"; keep only one', None
    missing = [key for key in rule if key not in given and key not in OPTIONAL_ANSWERS]
    if step.answers and missing:
        names = " or ".join(f'"{meaning}"' for meaning in missing)
        never = " or ".join(rule[meaning] for meaning in missing)
        line = _line(step, rule)
        proposal = (
            line or f'means = {{ KEY = "{next(iter(rule))}", … }} with the keys of its answers'
        )
        message = (
            f"no answer means {names}, so the evidence never suggests {never}; write {proposal}"
        )
        yield "means", message, line


# For each meaning, the key of the answer with that meaning in handbooks that predate `means`; for
# meanings not listed here, the key was `no`.
_EARLIER = {"announced": "yes", "works": "yes", "answers": "yes", "only-vdi": "vdi"}


def _line(step: Step, rule: Mapping[str, str]) -> str | None:
    """Return the `means` line to add, or None if the answers lack the key `yes` or `no`."""
    answers = {answer.key for answer in step.answers}
    by_meaning = {meaning: _EARLIER.get(meaning, "no") for meaning in rule}
    known = {key: meaning for meaning, key in by_meaning.items() if key in answers}
    if not {"yes", "no"} <= known.keys():
        return None
    pairs = ", ".join(f'{key} = "{meaning}"' for key, meaning in known.items())
    return f"means = {{ {pairs} }}"


def _pages(step: Step, targets: Mapping[str, Target]) -> Iterator[tuple[str, str, None]]:
    if step.evidence != "official":
        return
    for key in step.targets:
        means = targets[key].means if key in targets else ()
        if means and Meaning.STATUS_PAGE not in means:
            yield (
                "targets",
                f'the step asks what "{key}" announces, but that is not a status page; '
                f'write means = "{Meaning.STATUS_PAGE}" in its section of targets.toml',
                None,
            )


def earlier_meanings(
    key: str, values: Mapping[str, object], procedure: Procedure
) -> tuple[Meaning, ...]:
    """Guess the meanings of a target in a handbook that predates `means`."""
    reached = [step for step in procedure.steps.values() if step.evidence == "reach"]
    outside, ways = (reached[0], reached[-1]) if len(reached) > 1 else (None, None)
    campus = bool(values.get("campus"))
    place = next((step for step in procedure.steps.values() if key in step.targets), None)
    applies = {
        Meaning.STATUS_PAGE: place is not None and place.evidence == "official",
        Meaning.OUTSIDE: place is not None and place is outside,
        Meaning.WAY_IN: place is not None and place is ways and place.targets[0] == key,
        Meaning.OTHER_WAY_IN: place is not None and place is ways and place.targets[0] != key,
        Meaning.TICKETS: place is not None and place.kind == "contact",
        Meaning.OFFLINE_TOOL: place is not None and place.kind == "lending",
        Meaning.CAMPUS: campus,
        Meaning.LOGIN: campus and bool(values.get("reserved")),
    }
    return tuple(meaning for meaning, holds in applies.items() if holds) or (Meaning.OTHER,)
