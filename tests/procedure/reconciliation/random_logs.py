"""Random journals of an outage, with every kind of entry about a loan or a return."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import settings, strategies as st

from procedure.circulation.settlements import (
    Corrected,
    ManualHandling,
    RequestOutcome,
    ReturnAnswered,
    ReturnRequested,
    ReturnSettledByHand,
    SettledByHand,
)
from procedure.circulation.transactions import Export, Loan, Return, Void
from procedure.journal import Entry, Recorded
from procedure.reconciliation.alma_records import (
    ItemFacts,
    ItemSeen,
    LoanFacts,
    PatronFacts,
    PatronSeen,
)
from procedure.reconciliation.journal_entries import (
    FileUploaded,
    JobReportRecorded,
    LoanAnswered,
    LoanRequested,
    LoanVerified,
    Verification,
)
from tests.support import make
from tests.support.memory import recorded

# Drawing a journal is slow, so `make test` draws only a few, and `make campaign` a quarter of the
# examples that its profile asks for.
MANY = settings(max_examples=max(25, settings.default.max_examples // 4))

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NOW = AT + timedelta(hours=6)
DESKS, PATRONS, ITEMS = ("MAIL", "CMU"), ("207", "208"), ("A", "B", "C", "É")
# A warning that needs an answer, a warning that needs none, and no warning.
WARNINGS = ("unknown_card", "renewal", None)
MESSAGES = ("blocked", "item_not_found", "")

# Some scans are close enough (within two minutes) to count as double scans.
minutes = st.one_of(st.integers(0, 4), st.integers(0, 300)).map(lambda n: AT + timedelta(minutes=n))
hours = st.integers(-2, 2).map(lambda n: NOW + timedelta(hours=n))


class LogMaker:
    """Makes the entries of a day; each refers only to loans, returns and files made before it."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.ids = draw, count(1)
        self.loans, self.backs, self.files = list[Loan](), list[Return](), list[Export]()
        self.requests = list[LoanRequested]()
        self.scans = list[ReturnRequested]()

    def id(self) -> UUID:
        return UUID(int=next(self.ids))

    def any_of(self, things: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(things))

    def some_of(self, things: Sequence[Any]) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(things), unique=True)) if things else []

    def loan(self) -> Loan:
        loan = Loan(
            **self.any_scan(),
            patron=self.any_of(PATRONS),
            warning=self.any_of(WARNINGS),
            overridden=self.draw(st.booleans()),
        )
        self.loans.append(loan)
        return loan

    def back(self) -> Return:
        self.backs.append(Return(**self.any_scan()))
        return self.backs[-1]

    def any_scan(self) -> dict[str, Any]:
        return {
            "id": self.id(),
            "at": self.draw(minutes),
            "desk": self.any_of(DESKS),
            "item": self.any_of(ITEMS),
        }

    def void(self) -> Void:
        return make.void(self.id(), self.any_of([*self.loans, *self.backs]).id, "x", at=NOW)

    def export(self) -> Export:
        inside = sorted(
            {self.any_of(self.loans), *self.some_of(self.loans)}, key=lambda loan: loan.at
        )
        gone = {back for file in self.files for back in file.returns}
        returns = self.some_of([back for back in self.backs if back.id not in gone])
        lines = tuple(loan.id for loan in inside), tuple(back.id for back in returns)
        made = make.export(self.id(), *lines[0], at=NOW, name="f.dat", returns=lines[1])
        self.files.append(made)
        return made

    def report(self) -> JobReportRecorded:
        file = self.any_of(self.files)
        refused = [(loan, self.any_of(MESSAGES)) for loan in self.some_of(file.loans)]
        return make.report(self.id(), file.id, *tuple(refused), at=self.draw(hours))

    def upload(self) -> FileUploaded:
        return make.uploaded(self.id(), self.any_of(self.files).id, at=self.draw(hours))

    def proof(self) -> LoanVerified:
        loan, verification = self.any_of(self.loans).id, self.any_of(list(Verification))
        return LoanVerified(
            self.id(), self.draw(hours), loan, verification, self.any_of(["", "finer"])
        )

    def correction(self) -> Corrected:
        return Corrected(
            id=self.id(),
            at=NOW,
            loan=self.any_of(self.loans).id,
            patron=self.any_of(["", *PATRONS]),
            item=self.any_of(["", *ITEMS]),
            warning=self.any_of(WARNINGS),
        )

    def settlement(self) -> ManualHandling | SettledByHand:
        kind, words = self.any_of([(ManualHandling, "note"), (SettledByHand, "how")])
        loan, at = self.any_of(self.loans).id, self.draw(hours)
        return kind(id=self.id(), at=at, loan=loan, operator="LM", **{words: "by hand"})

    def request(self) -> LoanRequested:
        self.requests.append(LoanRequested(id=self.id(), at=NOW, loan=self.any_of(self.loans).id))
        return self.requests[-1]

    def answer(self) -> LoanAnswered:
        asked, at = self.any_of(self.requests), self.draw(hours)
        return LoanAnswered(self.id(), at, asked.id, asked.loan, self.any_of(list(RequestOutcome)))

    def return_settlement(self) -> ReturnSettledByHand:
        return ReturnSettledByHand(
            id=self.id(), at=NOW, back=self.any_of(self.backs).id, how="x", operator="LM"
        )

    def scan(self) -> ReturnRequested:
        self.scans.append(ReturnRequested(id=self.id(), at=NOW, back=self.any_of(self.backs).id))
        return self.scans[-1]

    def scan_answer(self) -> ReturnAnswered:
        asked = self.any_of(self.scans)
        return ReturnAnswered(
            id=self.id(),
            at=NOW,
            intent=asked.id,
            back=asked.back,
            fate=self.any_of(list(RequestOutcome)),
        )

    def item_seen(self) -> ItemSeen:
        item = self.any_of(ITEMS)
        lent = LoanFacts(item, self.any_of(["u207", "u208"]), self.draw(st.none() | minutes), None)
        seen = ItemFacts(
            barcode=item,
            mms_id="m",
            holding_id="h",
            pid="p",
            library=self.any_of(["L1", "L2"]),
            policy=self.any_of(["", "1H"]),
            process=self.any_of(["", "HOLDSHELF"]),
            loan=self.any_of([lent, None]),
            waits_for=self.any_of([(), ("u207",)]),
        )
        return ItemSeen(
            id=self.id(),
            at=NOW,
            barcode=item,
            item=self.any_of([seen, seen, None]),
            elsewhere=self.any_of([None, True]),
        )

    def user_seen(self) -> PatronSeen:
        patron, expires = self.any_of(PATRONS), self.draw(st.none() | minutes | hours)
        user = PatronFacts(
            f"u{patron}",
            (("01", self.any_of([patron, patron, "9"])),),
            blocks=self.any_of([(), (), ("B",)]),
            expires=expires,
        )
        return PatronSeen(
            id=self.id(),
            at=NOW,
            identifier=patron,
            user=self.any_of([user, user, None]),
            elsewhere=self.any_of([None, True]),
        )

    def entry(self) -> Entry:
        """Make any entry that the earlier entries allow."""
        free = [self.loan, self.loan, self.back, self.item_seen, self.user_seen]
        of_loans = [self.void, self.export, self.proof, self.correction, self.settlement]
        needs = [
            (self.loans, [*of_loans, self.request]),
            (self.files, [self.report, self.upload]),
            (self.backs, [self.return_settlement, self.scan]),
            (self.requests, [self.answer]),
            (self.scans, [self.scan_answer]),
        ]
        makers = free + [maker for needed, made in needs if needed for maker in made]
        return self.any_of(makers)()


@st.composite
def logs(draw: st.DrawFn) -> list[Recorded]:
    """Draw up to forty entries, as the journal stores them."""
    maker = LogMaker(draw)
    return recorded(*(maker.entry() for _ in range(draw(st.integers(1, 40)))))
