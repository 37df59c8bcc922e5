"""Once an outage has ended, coordinators review it on the page; earlier reviews are kept."""

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.outage.outage import OutageState
from dashboard.outage.review_view import ReviewForm
from dashboard.translations import language
from procedure.errors import OutageNotFound, OutageRefused
from procedure.outages.outage_entries import OutageRecord
from tests.support.page_models import outage_of

FRENCH = language("fr")


@pytest.fixture
def outage(context: AppContext) -> OutageState:
    """A declared outage that is not over."""
    made = outage_of(context, Session(workstation="pc-1"))
    made.declare("Alma", begun="11:30")
    return made


def newest(context: AppContext) -> OutageRecord:
    record = context.folds.outages.newest()
    assert record is not None
    return record


def test_new_review_keeps_the_earlier_ones(context: AppContext, outage: OutageState) -> None:
    outage.end()
    outage.review("Two links down.\n\nCard 2060000017.", "", "")
    outage.review("Two links down.", "11:30", "Call earlier.")
    texts = [(review.happened, review.noticed, review.change) for review in newest(context).reviews]
    assert texts == [
        ("Two links down.\n\nCard […].", "", ""),
        ("Two links down.", "11:30", "Call earlier."),
    ]


def test_refused_review_records_nothing(context: AppContext, outage: OutageState) -> None:
    before = context.store.journal.position()
    for texts, reason in (
        (("", " ", "\n"), "review_unchanged"),
        (("x" * 4001, "", ""), "review_too_long"),
    ):
        with pytest.raises(OutageRefused) as refusal:
            outage.review(*texts)
        assert refusal.value.reason == reason
    outage.session.name_signer("")
    with pytest.raises(OutageRefused) as refusal:
        outage.review("Two links.", "", "")
    assert refusal.value.reason == "name_missing"
    assert context.store.journal.position() == before


def test_review_needs_an_outage(context: AppContext) -> None:
    with pytest.raises(OutageNotFound):
        outage_of(context, Session(workstation="pc-1")).review("Two links.", "", "")


def test_form_is_shown_once_the_outage_ends(context: AppContext) -> None:
    outage = outage_of(context, Session(workstation="pc-1"))
    form = ReviewForm(outage=outage, language=FRENCH)
    assert (form._is_shown(), form.__panel__().html) == (False, "")
    outage.declare("Alma", begun="11:30")
    assert not form._is_shown()
    outage.end()
    assert form._is_shown()


@pytest.mark.parametrize("code", ["fr", "en", "de"])
def test_form_keeps_what_is_written(context: AppContext, outage: OutageState, code: str) -> None:
    outage.end()
    form = ReviewForm(outage=outage, language=language(code))
    form._form("review", {"happened": "</textarea><b>", "noticed": "", "change": ""})
    shown = form.__panel__().html
    assert ("&lt;b&gt;" in shown, "</textarea><b>" in shown, form.refusal) == (True, False, "")
    form._form("review", {"happened": "</textarea><b>", "noticed": "", "change": ""})
    assert form.refusal
    assert form.refusal in form.__panel__().html


def test_review_from_another_page_keeps_typed_text(
    context: AppContext, outage: OutageState
) -> None:
    outage.end()
    form = ReviewForm(outage=outage, language=FRENCH)
    other = ReviewForm(outage=outage_of(context, Session(workstation="pc-2")), language=FRENCH)

    def field(of: ReviewForm) -> str:
        """Return the key of the first field; typed text is kept while the key stays the same."""
        return of.__panel__().html.split('data-key="review-')[1].split('"')[0]

    before = field(form)
    other._form("review", {"happened": "Links.", "noticed": "", "change": ""})
    form.outage.updates.refresh()
    assert (field(form), "Links." in form.__panel__().html) == (before, True)
