"""The names of the history's spans, and the sentence above its list of outages."""

from datetime import UTC, datetime, timedelta

from dashboard.history.history_state import SPANS, PastOutage
from dashboard.history.history_text import file_name, no_outage, span_title, sum_of
from dashboard.translations import language
from procedure.monitoring.downtime import Downtime

FRENCH = language("fr")
AT = datetime(2026, 11, 30, 4, 43, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def past(loans: int, report: str = "", declared: int = 0) -> PastOutage:
    return PastOutage(Downtime("A4", AT, AT + 74 * MINUTE, None), loans, True, report, declared)


def test_every_span_has_its_title_and_file_name() -> None:
    assert [span_title(span, FRENCH) for span in SPANS] == ["24 heures", "Sept jours", "90 jours"]
    assert len({no_outage(span, FRENCH) for span in SPANS}) == len(SPANS)
    assert [file_name(span, FRENCH) for span in SPANS] == [
        "relais-pannes-24h.csv",
        "relais-pannes-7j.csv",
        "relais-pannes-90j.csv",
    ]
    assert file_name("quarter", language("en")) == "relais-outages-90d.csv"


def test_sum_names_the_downtime_the_outages_and_their_loans() -> None:
    """The sum counts all loans of a declared outage, as its row does."""
    outages = [past(3), past(40, "1", 65)]
    now = AT + timedelta(hours=2)
    assert sum_of("quarter", outages, AT, now, FRENCH) == (
        "Alma a manqué 2\u202fh\u202f28 en 90 jours.",
        "2 pannes, 68 prêts.",
    )
    assert sum_of("day", [past(3)], AT + 44 * MINUTE, now, FRENCH) == (
        "Alma a manqué 30\u202fmin en 24 heures.",
        "1 panne, 3 prêts.",
    )
    assert sum_of("day", [], AT, now, FRENCH) == ("Alma n’a pas manqué en 24 heures.", "")


def test_sum_adds_up_the_lengths_shown_in_the_rows() -> None:
    """A row shows 04:43:40 to 04:45:10 as two minutes, and two such rows add up to four."""
    start = AT + timedelta(seconds=40)
    outage = Downtime("A4", start, start + timedelta(seconds=90), None)
    outages = [PastOutage(outage, 0), PastOutage(outage, 0)]
    assert sum_of("day", outages, AT, AT, FRENCH)[0] == "Alma a manqué 4\u202fmin en 24 heures."
    assert FRENCH.between(outage.start, outage.end or AT) == "2\u202fmin"
