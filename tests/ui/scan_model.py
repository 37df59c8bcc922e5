"""A model of who each scan is for, and a generator of random actions at a desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.circulation.scan_rules import ScanKind, ScanRules, ScanShape
from procedure.io.handbook_files import load_handbook

PACKAGED = load_handbook(PACKAGED_HANDBOOK).scans
RULES = ScanRules(
    (*PACKAGED.forms, ScanShape("shelf", ScanKind.ITEM, "407[0-9]{7}")), PACKAGED.days
)
CARDS = ("SLSP204518377", "SLSP-198334071", "2071234567", "HES1234567", "2061112223")
EITHER = "4071234567"  # fits both the card shape and the item shape of these rules


@dataclass(eq=False)
class Row:
    """A scan, made in the step `made`.

    `asked` is true while it is unclear whether the code is a card or an item. `open` is then true
    too, unless the turn already has a row with this code: the question is asked only once.
    `found` is true if F7 moved the scan here from the turn of somebody without a card.
    """

    code: str
    made: int
    asked: bool = False
    open: bool = False
    void: bool = False
    found: bool = False


@dataclass(eq=False)
class Turn:
    """A turn: loans to a patron (`lend`), loans without a card (`card`) or returns (`cart`).

    `before` is the previous turn, if it ended only because this turn's card was scanned.
    """

    mode: str
    patron: str = ""
    since: int = 0
    before: Turn | None = None
    rows: list[Row] = field(default_factory=list)

    def has(self, code: str) -> bool:
        return any(row.code == code for row in self.standing)

    @property
    def standing(self) -> list[Row]:
        return [row for row in self.rows if not row.void]


class Model:
    """The simplest model of who each scan is for: turns have rows, and rows move between turns."""

    def __init__(self) -> None:
        self.turn = Turn("lend")
        self.over: list[Turn] = []
        self.last: list[Row | str] = []  # rows, cards, and "" for a card refused or undone
        self.returned: Row | None = None
        self.refused: tuple[str, int] | None = None
        self.missed: Turn | None = None
        self.needs_card = False

    def do(self, act: str, now: int) -> None:
        if act in {"next", "card", "cart"}:
            left = self.turn.before is not None and not self.turn.standing
            missed = self.turn if left else None
            self.open(Turn({"next": "lend"}.get(act, act)))
            self.missed = missed
        elif act in {"F7", "F8", "F9", "skipped"}:
            getattr(self, act.lower())()
        elif act == "lost":
            self.needs_card = self.turn.mode != "cart"
        elif self.needs_card and act[0] in "04":
            pass  # the scan is refused, because its patron is unknown
        elif act not in {"answer", "reload", "desk", "F6"}:
            self.returned = self.refused = self.missed = None
            self.needs_card = False
            self.scan(act, now)

    def open(self, turn: Turn) -> None:
        if turn.before is not self.turn:
            self.over.append(self.turn)
        self.over = [ended for ended in self.over if ended is not turn]
        self.turn, self.returned, self.refused, self.missed = turn, None, None, None
        self.needs_card = False

    def scan(self, code: str, now: int) -> None:
        turn, card = self.turn, code in CARDS
        if turn.mode == "cart" and card and not turn.has(code):
            self.refused = (code, now)
            self.last.append("")
        elif turn.mode == "lend" and not turn.patron:
            turn.patron, turn.since = code, now
            self.last.append(code)
        elif turn.mode == "lend" and code == turn.patron:
            pass
        elif turn.mode != "cart" and card and not turn.has(code):
            self.switch(code, now)
        else:
            self.add(code, now, asked=card or code.startswith(EITHER[:3]))

    def switch(self, card: str, made: int) -> None:
        self.open(Turn("lend", card, made, self.turn))
        self.last.append(card)
        fifth: Turn | None = self.turn
        for _ in range(5):
            fifth = fifth and fifth.before
        if fifth and fifth.before:
            self.over.append(fifth.before)
            fifth.before = None

    def add(self, code: str, made: int, *, asked: bool) -> Row:
        row = Row(code, made, asked, asked and not self.turn.has(code))
        self.turn.rows.append(row)
        self.last.append(row)
        return row

    def move(self, rows: list[Row]) -> list[Row]:
        """Copy these rows to the open turn, and void the rows; return the copies."""
        fresh = []
        for row in rows:
            fresh.append(self.add(row.code, row.made, asked=row.asked))
            row.void = True
        return fresh

    @property
    def doubt(self) -> Row | None:
        return next((row for row in self.turn.standing if row.open), None)

    @property
    def skips(self) -> bool:
        empty = self.turn.before
        return empty is not None and empty.before is not None and not empty.standing

    def was_item(self) -> bool:
        return self.returned is not None and not self.returned.void

    def f7(self) -> None:
        if self.missed is not None:
            if self.missed.before.mode == "card" and self.missed.before.standing:
                self.open(self.missed)
                self.find(self.turn)
        elif self.was_item() or self.doubt:
            self.forward(self.returned if self.was_item() else self.doubt)
        elif self.skips:
            self.find(self.turn.before)
        elif self.turn.before is not None:
            self.find(self.turn)

    def forward(self, card: Row | None) -> None:
        assert card is not None
        before, after = self.turn.rows, self.turn.rows[self.turn.rows.index(card) + 1 :]
        theirs = [row for row in after if not row.void and row.code != card.code]
        self.turn.rows = before[: before.index(card)]
        for row in [card, *after]:
            row.void = True
        self.switch(card.code, card.made)
        self.move(theirs)

    def find(self, reader: Turn | None) -> None:
        """Give `reader` the items of the turn before it, if that turn had no card."""
        assert reader is not None
        before = reader.before
        if before is None or before.mode != "card" or any(row.found for row in reader.standing):
            return
        there, self.turn = self.turn, Turn("lend")
        reader.rows[:0] = self.move(before.standing)
        for row in self.turn.rows:
            row.found = True
        self.turn = there

    def f8(self) -> None:
        turn = self.turn
        if turn.standing:
            turn.standing[-1].void = True
            return
        recent = [row for row in self.last[-30:] if (row if isinstance(row, str) else not row.void)]
        newest = turn.patron or (recent[-1] if recent else None)
        if isinstance(newest, Row):
            newest.void = True
        elif newest is not None:
            place = next((n for n, row in enumerate(reversed(self.last)) if row == newest), None)
            if place is not None:
                self.last[-1 - place] = ""
            self.open(turn.before or Turn("lend"))

    def f9(self) -> None:
        if self.refused:
            self.add(*self.refused, asked=False)
            self.refused = None
        elif self.missed:
            self.open(self.missed)
            self.back()
        elif self.was_item():
            card, self.returned = self.returned, None
            if self.turn.before:
                self.back()
            elif self.turn.mode == "card":
                self.forward(card)
        elif self.doubt:
            doubt = self.doubt
            doubt.open = doubt.asked = False
            for row in self.turn.rows if self.turn.mode == "lend" else []:
                row.void |= row.code == doubt.code and row is not doubt
        elif self.turn.before:
            found = [row for row in self.turn.standing if row.found]
            if not found:
                self.back()
            else:
                there, self.turn = self.turn, self.turn.before
                self.move(found)
                self.turn = there

    def skipped(self) -> None:
        if self.doubt is None and not self.was_item() and self.skips:
            turn = self.turn
            assert turn.before is not None
            self.open(turn.before)
            self.back()
            turn.before, self.returned = self.turn, None
            self.turn = turn

    def back(self) -> None:
        turn = self.turn
        assert turn.before is not None
        self.turn = turn.before
        self.returned = self.add(turn.patron, turn.since, asked=False)
        self.move(turn.standing)

    def all(self, mode: str) -> list[tuple[str, str, int]]:
        """Return the patron, code and step of every scan in turns of this mode, with repeats."""
        turns: list[Turn] = []
        for last in (self.turn, *self.over):
            turn: Turn | None = last
            while turn is not None and turn not in turns:
                turns.append(turn)
                turn = turn.before
        rows = [(turn, row) for turn in turns if turn.mode == mode for row in turn.standing]
        return sorted(((t.patron, row.code, row.made) for t, row in rows), key=lambda row: row[2])


# The actions at a busy desk, and the frequency of each: a quarter are answers and corrections.
OFTEN = {
    "item": 40,
    "again": 6,
    "card": 16,
    "either": 4,
    "F9": 8,
    "F7": 7,
    "F8": 5,
    "next": 4,
    "cart": 1,
    "forgotten": 5,
    "answer": 6,
    "reload": 2,
    "skipped": 1,
    "lost": 3,
}


def acts_of(seed: int) -> list[str]:
    """Make up a minute of actions at a desk."""
    random = Random(seed)
    acts = [random.choice(CARDS)]
    model = Model()
    model.do(acts[0], 0)
    for number in range(50):
        kind = random.choices(list(OFTEN), list(OFTEN.values()))[0]
        act = {
            "item": f"0X{number:03d}",
            "again": acts[-1],
            "card": random.choice(CARDS),
            "either": f"407{number:07d}",
            "forgotten": "card",
        }.get(kind, kind)
        nobody = model.turn.mode == "lend" and not model.turn.patron
        if nobody and act.startswith("0"):
            act = random.choice(CARDS)  # another test covers items scanned before any card
        if model.needs_card and act in {"F7", "F9", "skipped"}:
            act = f"0X{number:03d}"  # the page asks for a card and accepts no other answer
        acts.append(act)
        model.do(act, 0)
    return acts
