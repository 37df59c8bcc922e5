"""Finds codes that match two of the shapes (regular expressions) defined in `scans.toml`.

Shapes may have letters, dots, classes, groups, `|` and repetitions. Only codes in printable ASCII
are considered. The result is exact for up to `MOST` repetitions of a part.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import product

from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape

MOST = 100
# A typical shape has a few dozen states.
MOST_STATES = 2_000
ANY = frozenset(chr(code).lower() for code in range(32, 127))
_COUNT = re.compile(r"(?:([?*+])|\{(?=[\d,])(\d*)(,?)(\d*)\})[?+]?")

# Adds a part of a shape to a machine, beginning at a given state, and returns the state in which
# the part ends.
_Part = Callable[["ShapeMachine", int], int]


def overlap(first: str, second: str) -> str | None:
    """Return a code of minimum length that matches both shapes, or None if there is none.

    Raises:
        ValueError: a shape is malformed or too large.
    """
    left, right = machine_of(first), machine_of(second)
    queue = deque([(left.start, right.start, "")])
    visited: set[tuple[int, int]] = set()
    while queue:
        at, there, code = queue.popleft()
        if (at, there) == (left.end, right.end):
            return code.upper()
        if (at, there) in visited:
            continue
        visited.add((at, there))
        for state, beside, letter in _steps(left, at, right, there):
            # Empty steps, which read no letter, are taken first, so shorter codes are tried first.
            put = queue.append if letter else queue.appendleft
            put((state, beside, code + letter))
    return None


def overlapping(rules: ScanRules, *, wins: bool) -> Iterator[tuple[ScanShape, ScanShape, str]]:
    """Yield each overlapping pair of a card shape and an item shape, with a code that matches both.

    Only the shapes whose `wins` has the given value are compared.
    """
    forms = [form for form in rules.forms if form.wins is wins]
    cards = [form for form in forms if form.kind is ScanKind.CARD]
    items = [form for form in forms if form.kind is ScanKind.ITEM]
    for card, item in product(cards, items):
        code = overlap(card.shape, item.shape)
        if code is not None:
            yield card, item, code


class ShapeMachine:
    """A state machine in which each step reads one of a set of letters, or nothing."""

    def __init__(self) -> None:
        self.letters: list[list[tuple[frozenset[str], int]]] = []
        self.free: list[list[int]] = []
        self.start = self.end = self.state()

    def state(self) -> int:
        """Add a state and return its number.

        Raises:
            ValueError: the shape has too many states.
        """
        if len(self.free) > MOST_STATES:
            raise ValueError("has too many repetitions to be checked")
        self.letters.append([])
        self.free.append([])
        return len(self.free) - 1


def machine_of(shape: str) -> ShapeMachine:
    """Return the state machine of a shape, ignoring case.

    Raises:
        ValueError: the shape is malformed or too large.
    """
    machine = ShapeMachine()
    machine.end = _Shape(shape).whole()(machine, machine.start)
    return machine


def _steps(
    left: ShapeMachine, at: int, right: ShapeMachine, there: int
) -> Iterator[tuple[int, int, str]]:
    yield from ((state, there, "") for state in left.free[at])
    yield from ((at, state, "") for state in right.free[there])
    for (some, state), (others, beside) in product(left.letters[at], right.letters[there]):
        common = some & others
        if common:
            yield state, beside, min(common, key=lambda char: (not char.isalnum(), char))


class _Shape:
    """A parser for the handbook's regular expressions."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def whole(self) -> _Part:
        part = self._choice()
        if self.place < len(self.text):
            raise ValueError(f'"{self.text}" has an unmatched closing bracket')
        return part

    def _choice(self) -> _Part:
        options = [self._row()]
        while self._takes("|"):
            options.append(self._row())
        return options[0] if len(options) == 1 else _either(options)

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            parts.append(self._repeated())
        return _after_each_other(parts)

    def _repeated(self) -> _Part:
        part = self._atom()
        while quantifier := _COUNT.match(self.text, self.place):
            self.place = quantifier.end()
            sign, least, comma, most = quantifier.groups()
            if sign:
                bounds = {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
            else:
                low = int(least or 0)
                bounds = (low, (int(most) if most else None) if comma else low)
            part = _repetition(part, *bounds)
        return part

    def _atom(self) -> _Part:
        letter = self.text[self.place]
        self.place += 1
        if letter == "(":
            part = self._choice()
            if not self._takes(")"):
                raise ValueError(f'"{self.text}" has an unclosed bracket')
            return part
        if letter == "[":
            return _letter(self._class())
        return _letter(ANY if letter == "." else frozenset(letter.lower()))

    def _class(self) -> frozenset[str]:
        end = self.text.index("]", self.place + 1)
        inside, self.place = self.text[self.place : end], end + 1
        allowed: set[str] = set()
        for first, last, alone in re.findall(r"(?s)(.)-(.)|(.)", inside):
            letters = alone or map(chr, range(ord(first), ord(last) + 1))
            allowed.update(letter.lower() for letter in letters)
        return frozenset(allowed)

    def _takes(self, letter: str) -> bool:
        taken = self.text.startswith(letter, self.place)
        self.place += taken
        return taken


def _letter(letters: frozenset[str]) -> _Part:
    def build(machine: ShapeMachine, at: int) -> int:
        end = machine.state()
        machine.letters[at].append((letters, end))
        return end

    return build


def _after_each_other(parts: list[_Part]) -> _Part:
    def build(machine: ShapeMachine, at: int) -> int:
        for part in parts:
            at = part(machine, at)
        return at

    return build


def _either(options: list[_Part]) -> _Part:
    def build(machine: ShapeMachine, at: int) -> int:
        end = machine.state()
        for option in options:
            begin = machine.state()
            machine.free[at].append(begin)
            machine.free[option(machine, begin)].append(end)
        return end

    return build


def _repetition(part: _Part, least: int, most: int | None) -> _Part:
    def build(machine: ShapeMachine, at: int) -> int:
        for _ in range(min(least, MOST)):
            at = part(machine, at)
        end = machine.state()
        if most is None:
            machine.free[at].append(end)
            machine.free[part(machine, end)].append(end)
            return end
        for _ in range(min(most, MOST) - min(least, MOST)):
            machine.free[at].append(end)
            at = part(machine, at)
        machine.free[at].append(end)
        return end

    return build
