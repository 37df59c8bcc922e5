"""Checks that matching a scan against a shape in `scans.toml` cannot take very long.

A shape is a regular expression. The engines of Python and of browsers backtrack without a time
limit: for a single scan, they may try every way through the shape's state machine. A shape is
therefore accepted only if there are at most `MOST_WAYS` ways to read any string of up to
`LONGEST_SCAN` characters.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from procedure.circulation.pattern_overlap import ANY, ShapeMachine, machine_of
from procedure.circulation.transaction_checks import LONGEST_SCAN

# This is enough for a shape with two open-ended parts (".*-.*"). A shape with three such parts
# ("[A-Z]+-?[A-Z]+-?[A-Z]+") has tens of thousands of ways.
MOST_WAYS = 300
# A situation is the number of ways to each state after some text. If there are more situations than
# this, an upper bound is computed instead of the exact count.
_MOST_SITUATIONS = 1_000
# The maximum number of empty steps (which read no letter) to follow for a shape.
_MOST_FOLLOWED = 30_000

# State -> the number of ways to reach it with some text.
_Ways = Mapping[int, int]


class _TooMany(Exception):
    pass


@cache
def slow_text(shape: str) -> str | None:
    """Return a string that can begin a scan and can be read in too many ways, or None.

    The string is empty if the shape is malformed or too complicated to check.
    """
    try:
        return _slow_text(_Reader(machine_of(shape)))
    except (_TooMany, ValueError):
        return ""


def _slow_text(reader: "_Reader") -> str | None:
    situations = [(reader.start, "")]
    visited: set[frozenset[tuple[int, int]]] = set()
    for _ in range(LONGEST_SCAN):
        following: list[tuple[_Ways, str]] = []
        for ways, text in situations:
            for letter in reader.letters:
                after = reader.after(ways, letter)
                if sum(after.values()) > MOST_WAYS:
                    return text + letter
                key = frozenset(after.items())
                if after and key not in visited:
                    visited.add(key)
                    following.append((after, text + letter))
        if len(visited) > _MOST_SITUATIONS:
            _require_bounded(reader)
            return None
        situations = following
    return None


def _require_bounded(reader: "_Reader") -> None:
    """Check an upper bound on the number of ways.

    For each state, the bound counts only the letter with the most ways to that state.

    Raises:
        _TooMany: the bound exceeds `MOST_WAYS`.
    """
    most: dict[int, int] = dict(reader.start)
    for _ in range(LONGEST_SCAN):
        after: dict[int, int] = {}
        for letter in reader.letters:
            for state, count in reader.after(most, letter).items():
                after[state] = max(count, after.get(state, 0))
        if sum(after.values()) > MOST_WAYS:
            raise _TooMany
        most = after


class _Reader:
    """Counts the ways in which a shape's state machine can read text, letter by letter."""

    def __init__(self, machine: ShapeMachine) -> None:
        self._machine = machine
        self._alphabet = frozenset[str]().union(
            *(some for steps in machine.letters for some, _ in steps)
        )
        self.letters = tuple(self._representatives())
        self._known: dict[int, _Ways] = {}
        self._followed = 0
        self.start = self._reached(machine.start)

    def after(self, ways: _Ways, letter: str) -> dict[int, int]:
        """Return the number of ways to each state after one more letter.

        `ways` maps each state to the number of ways before that letter.
        """
        counts: dict[int, int] = {}
        for state, count in ways.items():
            for some, end in self._machine.letters[state]:
                if self._reads(some, letter):
                    for reached, more in self._reached(end).items():
                        counts[reached] = counts.get(reached, 0) + count * more
        return counts

    def _reads(self, some: frozenset[str], letter: str) -> bool:
        # A dot also matches non-ASCII letters.
        return letter in some or (some == ANY and letter not in ANY)

    def _representatives(self) -> Iterator[str]:
        """Yield one letter from each set of letters that the machine treats alike."""
        labels = {some for steps in self._machine.letters for some, _ in steps}
        represented: set[frozenset[frozenset[str]]] = set()
        for letter in sorted(self._alphabet, key=lambda char: (not char.isalnum(), char)):
            alike = frozenset(some for some in labels if self._reads(some, letter))
            if alike not in represented:
                represented.add(alike)
                yield letter

    def _reached(self, state: int) -> _Ways:
        known = self._known.get(state)
        if known is None:
            known = self._known[state] = self._without_letter(state)
        return known

    def _without_letter(self, state: int) -> _Ways:
        """Count the ways along empty steps to each state that reads a letter and to the end state.

        A way never takes the same step twice, because engines stop a repetition that matches
        nothing.

        Raises:
            _TooMany: there are too many ways to follow.
        """
        counts: dict[int, int] = {}
        ahead = [(state, frozenset[tuple[int, int]]())]
        while ahead:
            self._followed += 1
            if self._followed > _MOST_FOLLOWED:
                raise _TooMany
            current, taken = ahead.pop()
            if self._machine.letters[current] or current == self._machine.end:
                counts[current] = counts.get(current, 0) + 1
            ahead += [
                (onward, taken | {(current, onward)})
                for onward in self._machine.free[current]
                if (current, onward) not in taken
            ]
        return counts
