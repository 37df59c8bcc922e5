"""Every place that counts the loans of a declared outage shows the same number."""

import re
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from hypothesis import given, strategies as st

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.dossier.sections import sections
from dashboard.history.history_page import HistoryPage
from dashboard.history.history_state import HistoryState
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure import frames
from procedure.circulation.transactions import Void
from procedure.frames.outage_frames import DeclaredOutage
from procedure.journal import Entry
from procedure.monitoring.model import FailureCause, Outcome, Status
from procedure.outages.dossier import read_dossier
from procedure.outages.outage_loans import outage_loans, outage_spans
from procedure.outages.timeline import HourlyLoans
from tests.dashboard.reconciliation.test_same_counts import HANDBOOK, context_of
from tests.procedure.reconciliation.random_logs import AT, MANY, NOW
from tests.support import make

MINUTE, ENGLISH = timedelta(minutes=1), language("en")
LASTS = 60  # minutes from one outage to the next


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Entry], list[tuple[datetime, datetime]]]:
    """Draw entries, and each outage's span.

    A span ends with the outage, or with the entry that records the end if that is later; the
    span of an ongoing outage ends at `NOW`.
    """
    ids, entries, spans = count(1), list[Entry](), list[tuple[datetime, datetime]]()
    for number in range(draw(st.integers(0, 3))):
        begun = AT + (number * LASTS + draw(st.integers(0, 10))) * MINUTE
        ended = begun + draw(st.integers(1, 20)) * MINUTE
        said = ended + draw(st.integers(-5, 60)) * MINUTE  # perhaps during the next outage
        outage = make.outage(10**6 + number, at=begun + 5 * MINUTE, begun=begun)
        entries.append(outage)
        open_still = number == 2 and draw(st.booleans())
        if not open_still:
            entries.append(make.ended(10**7 + number, outage.id, at=said, ended=ended))
        spans.append((begun, NOW if open_still else max(ended, said)))
    minutes = draw(st.lists(st.integers(-10, 3 * LASTS), max_size=25))
    loans = [
        make.loan(
            next(ids),
            draw(st.sampled_from(["1060000001", "1060000002", "1060000003"])),
            draw(st.sampled_from(["2070000001", "2070000002"])),
            at=AT + minute * MINUTE,
            desk=draw(st.sampled_from(["MAIL", "CMU"])),
            late=draw(st.booleans()),
        )
        for minute in minutes
    ]
    voids = draw(st.lists(st.sampled_from(loans), unique=True)) if loans else []
    undone = [
        Void(id=UUID(int=10**8 + n), at=NOW, loan=loan.id, reason="x")
        for n, loan in enumerate(voids)
    ]
    return [*entries, *loans, *undone], spans


@MANY
@given(days())
def test_places_count_the_same_loans_of_an_outage(
    day: tuple[list[Entry], list[tuple[datetime, datetime]]],
) -> None:
    entries, spans = day
    context = context_of(entries)
    context.folds.update()
    rows = context.folds.loan_log.rows()
    standing, void = [row for row in rows if row.is_valid], [row for row in rows if row.void]
    within, taken_back = (
        [
            sum(a <= row.loan.at <= b and not before(row.loan.at, spans[:n]) for row in rows)
            for n, (a, b) in enumerate(spans)
        ]
        for rows in (standing, void)
    )
    outages = context.folds.outages.records()
    assert [of_dossier(context, outage.declared.id) for outage in outages] == [
        (*[number] * 4, beside) for number, beside in zip(within, taken_back, strict=True)
    ]
    lasted = outage_spans(outages, NOW)
    made = [
        DeclaredOutage(outage, outage_loans(outage.declared.id, lasted, context.folds.loan_log))
        for outage in outages
    ]
    table = frames.declared(made, str)
    assert (list(table.loans), list(table.voids)) == (within, taken_back)
    history = history_of(context, spans)
    assert [outage.declared for outage in reversed(history.outages)] == within
    html = "".join(
        pane.html
        for pane in HistoryPage(history=history, session=Session(), language=ENGLISH)
        .__panel__()
        .select(LiveHTML)
    )
    shown = re.findall(r'data-label="Loans">(\d+)</td>', html)
    assert [int(cell) for cell in shown] == within[::-1]
    # The loans left to transfer to Alma, whether or not they were made during an outage.
    outside = len(standing) - sum(within)
    ledger = ReconciliationLedger(context)
    overview = ledger.current()
    assert overview is not None
    assert history.outside == outside
    assert overview.counts.total == ledger.to_bring() == sum(within) + outside


def before(at: datetime, spans: list[tuple[datetime, datetime]]) -> bool:
    """Return whether a loan made at this time is in one of these earlier outages."""
    return any(a <= at <= b for a, b in spans)


def of_dossier(context: AppContext, outage: UUID) -> tuple[int, ...]:
    """Return the dossier's counts: its total, chart, first lines, table, and voided loans."""
    made = read_dossier(
        outage, context.store.journal, context.store.history, HANDBOOK.scans, now=NOW
    )
    assert made is not None
    hours = sum(event.count for event in made.events if isinstance(event.what, HourlyLoans))
    brief, *others = sections(made, HANDBOOK, ENGLISH)
    said = re.search(r"(\d+) loans? recorded", " ".join(brief.lines))
    (loans,) = [section for section in others if section.heading == ENGLISH.say("Prêts")]
    total = dict(zip(loans.head, loans.rows[-1], strict=True))["Total"] if loans.rows else 0
    assert said is not None
    return made.loans_total, hours, int(said[1]), int(total), made.loans_void


def history_of(context: AppContext, spans: list[tuple[datetime, datetime]]) -> HistoryState:
    """Return the history of a target that failed for three minutes in each outage."""
    down = {begun + minute * MINUTE for begun, _ in spans for minute in range(3)}
    minutes = [AT - 60 * MINUTE + minute * MINUTE for minute in range(7 * 60)]
    context.watches.recent.states.update(
        [
            Outcome(
                target="alma-saml",
                url="https://x.example",
                vantage="server",
                at=at,
                status=Status.DOWN if at in down else Status.UP,
                cause=FailureCause.TIMEOUT if at in down else None,
            )
            for at in minutes
            if at < NOW
        ],
        NOW,
    )
    return HistoryState(context=context)
