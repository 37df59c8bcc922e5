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
    `found` is true if F7 moved the scan here from the turn of somebody without a card. `state` is
    "unclear" while staff have not said what the code is, "behind" while the row waits for that
    answer, and "" once it is recorded.
    """

    code: str
    made: int
    asked: bool = False
    open: bool = False
    void: bool = False
    found: bool = False
    state: str = ""


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

    @property
    def is_blurred(self) -> bool:
        """Whether it is unclear who has the next item: an unclear code may be a card."""
        return self.mode != "cart" and any(row.state == "unclear" for row in self.standing)


class Model:
    """The simplest model of who each scan is for: turns have rows, and rows move between turns."""

    def __init__(self) -> None:
        self.turn = Turn("lend")
        self.over: list[Turn] = []
        self.last: list[Row | str] = []  # rows, cards, and "" for a card refused or undone
        self.returned: Row | None = None
        self.refused: tuple[str, int] | None = None
        self.missed: Turn | None = None

    def do(self, act: str, now: int) -> None:
        if act in {"next", "card", "cart"}:
            left = self.turn.before is not None and not self.turn.standing
            missed = self.turn if left else None
            self.open(Turn({"next": "lend"}.get(act, act)))
            self.missed = missed
        elif act in {"F7", "F8", "F9", "skipped", "neither"}:
            getattr(self, act.lower())()
        elif act not in {"answer", "reload", "desk", "F6"}:
            self.returned = self.refused = self.missed = None
            if act.startswith("?"):
                self.wonder(act[1:], now)
            else:
                self.scan(act, now)

    def open(self, turn: Turn) -> None:
        if turn.before is not self.turn:
            self.over.append(self.turn)
        self.over = [ended for ended in self.over if ended is not turn]
        self.turn, self.returned, self.refused, self.missed = turn, None, None, None

    def wonder(self, code: str, made: int) -> None:
        """Scan a code of which staff must say what it is."""
        if not any(row.state == "unclear" and row.code == code for row in self.turn.standing):
            self.keep(Row(code, made, state="unclear"))

    def keep(self, row: Row) -> Row:
        self.turn.rows.append(row)
        self.last.append(row)
        return row

    def scan(self, code: str, now: int) -> None:
        turn, card = self.turn, code in CARDS
        if turn.is_blurred and card and not turn.has(code):
            self.switch(code, now)
        elif turn.is_blurred:
            self.keep(Row(code, now, state="behind"))
        elif turn.mode == "cart" and card and not turn.has(code):
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
        has_patron = self.turn.patron or self.turn.mode == "card"
        self.open(Turn("lend", card, made, self.turn if has_patron else None))
        self.last.append(card)
        self.cut()

    def cut(self) -> None:
        """End the sixth turn: F9 goes back five turns at most."""
        fifth: Turn | None = self.turn
        for _ in range(5):
            fifth = fifth and fifth.before
        if fifth and fifth.before:
            self.over.append(fifth.before)
            fifth.before = None

    def add(self, code: str, made: int, *, asked: bool) -> Row:
        if self.turn.is_blurred:
            return self.keep(Row(code, made, state="behind"))
        return self.keep(Row(code, made, asked, asked and not self.turn.has(code)))

    def move(self, rows: list[Row]) -> list[Row]:
        """Copy these rows to the open turn, and void the rows; return the copies."""
        fresh = []
        for row in rows:
            if row.state == "unclear":
                fresh.append(self.keep(Row(row.code, row.made, state="unclear")))
            else:
                asked = row.code in CARDS or row.code.startswith(EITHER[:3])
                asked = asked if row.state == "behind" else row.asked
                fresh.append(self.add(row.code, row.made, asked=asked))
            row.void = True
        return fresh

    def turns(self) -> list[Turn]:
        """Return every turn, the open turn first."""
        turns: list[Turn] = []
        for last in (self.turn, *self.over):
            turn: Turn | None = last
            while turn is not None and turn not in turns:
                turns.append(turn)
                turn = turn.before
        return turns

    @property
    def unclear(self) -> Row | None:
        rows = [row for turn in self.turns() for row in turn.standing if row.state == "unclear"]
        return max(rows, key=lambda row: row.made, default=None)

    @property
    def asks_what_a_code_is(self) -> bool:
        unclear = self.unclear
        if unclear is None or self.refused:
            return False
        if unclear in self.turn.rows and not (self.doubt and self.doubt.made > unclear.made):
            return True
        if self.missed or self.was_item() or self.doubt:
            return False
        return bool(self.turn.standing) or self.turn.before is None

    def settle(self, kind: str) -> None:
        """Say what the unclear code is; the rows behind it follow it."""
        row = self.unclear
        assert row is not None
        turn = next(turn for turn in self.turns() if row in turn.rows)
        if kind == "card" and turn.mode == "cart":
            return  # a return needs no card, so the code is asked about as an item only
        place = turn.rows.index(row)
        behind = [late for late in turn.rows[place + 1 :] if late.state and not late.void]
        open_turn, self.turn = self.turn, turn
        row.void = True
        turn.rows = [other for other in turn.rows if other not in behind]
        others = not turn.is_blurred
        if kind == "card":
            self.turn = Turn(
                "lend", row.code, row.made, turn if turn.patron or turn.mode == "card" else None
            )
            self.last.append(row.code)
        elif others and (
            (turn.mode == "lend" and not turn.patron)
            if kind == "item"
            else behind and turn.mode != "cart"
        ):
            self.turn = Turn("card")
        if kind == "item":
            self.add(row.code, row.made, asked=False)
        self.move(behind)
        settled, self.turn = self.turn, open_turn
        if turn is open_turn and settled is not turn:
            settled_before = settled.before
            self.open(settled)
            settled.before = settled_before
        elif settled is not turn:
            self.insert(settled, turn)

    def insert(self, settled: Turn, turn: Turn) -> None:
        """Put a turn that has ended after `turn`."""
        following = next((other for other in self.turns() if other.before is turn), None)
        if following is None or settled.mode == "card":
            self.over.append(settled)
            settled.before = None
        else:
            following.before = settled
        self.cut()

    @property
    def doubt(self) -> Row | None:
        return next((row for row in self.turn.standing if row.open), None)

    @property
    def skips(self) -> bool:
        empty = self.turn.before
        return empty is not None and empty.before is not None and not empty.standing

    def was_item(self) -> bool:
        return self.returned is not None and not self.returned.void

    def neither(self) -> None:
        if self.asks_what_a_code_is:
            self.settle("neither")

    def f7(self) -> None:
        if self.asks_what_a_code_is:
            self.settle("item")
        elif self.missed is not None:
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
        if self.asks_what_a_code_is:
            self.settle("card")
        elif self.refused:
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
            self.undo_card(self.turn.before)

    def undo_card(self, before: Turn) -> None:
        found = [row for row in self.turn.standing if row.found]
        if not found:
            self.back()
        else:
            there, self.turn = self.turn, before
            self.move(found)
            self.turn = there

    def skipped(self) -> None:
        asks = self.asks_what_a_code_is or self.doubt is not None or self.was_item()
        if not asks and self.skips:
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
        """Return the patron, code and step of every scan in turns of this mode, with repeats.

        Rows that are not recorded yet do not count.
        """
        rows = [
            (turn, row)
            for turn in self.turns()
            if turn.mode == mode
            for row in turn.standing
            if not row.state
        ]
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
    "odd": 6,
    "neither": 2,
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
            "odd": f"?407{number:07d}",
        }.get(kind, kind)
        turn = model.turn
        nobody = turn.mode == "lend" and not turn.patron and not turn.is_blurred
        if nobody and act.startswith("0"):
            act = random.choice(CARDS)  # another test covers items scanned before any card
        acts.append(act)
        model.do(act, 0)
    return acts
