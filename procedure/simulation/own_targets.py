"""Adapts the made-up history, which has Geneva's targets and questions, to another library."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from procedure.guide.walk import AnswerGiven
from procedure.handbook.model import Handbook
from procedure.journal import Entry
from procedure.monitoring.model import Meaning
from procedure.simulation.episodes import Episode

# The meanings of these targets in the made-up history. A target that is not listed here has a
# counterpart only if the handbook has a target with the same name.
_MEANS = {
    "alma-saml": Meaning.WAY_IN,
    "alma-secours": Meaning.OTHER_WAY_IN,
    "exlibris-status": Meaning.STATUS_PAGE,
    "switch": Meaning.OUTSIDE,
    "tickets": Meaning.TICKETS,
    "offline-utility": Meaning.OFFLINE_TOOL,
}


def own_targets(handbook: Handbook) -> Mapping[str, str]:
    """Map each target in the made-up history to its counterpart in the handbook, if any.

    A target with the same name is its own counterpart.
    """
    own = {key: key for key in handbook.targets}
    for name, meaning in _MEANS.items():
        meant = (key for key, target in handbook.targets.items() if meaning in target.means)
        own.setdefault(name, next(meant, ""))
    return {name: key for name, key in own.items() if key}


def own_episode(episode: Episode, own: Mapping[str, str]) -> Episode | None:
    """Return the disturbance adapted to the library's targets, or None if it affects none."""
    targets = tuple(own[name] for name in episode.targets if name in own)
    return replace(episode, targets=targets) if targets or not episode.targets else None


def own_entry(entry: Entry, handbook: Handbook, own: Mapping[str, str]) -> Entry | None:
    """Return the entry with the library's targets.

    The result is None if the handbook lacks the entry's target, step or answer.
    """
    if isinstance(entry, AnswerGiven):
        step = handbook.procedure.steps.get(entry.step)
        if step is None or step.next_step(entry.answer) is None:
            return None
        parts = (line.partition(" ") for line in entry.readings)
        lines = tuple(f"{own[name]} {rest}" for name, _, rest in parts if name in own)
        return replace(entry, readings=lines)
    target = getattr(entry, "target", None)
    if target is None:
        return entry
    return cast("Any", replace)(entry, target=own[target]) if target in own else None
