"""The figures of the availability, and the lines below them only where they tell something else."""

from datetime import timedelta

from dashboard.history.history_state import SPANS, TimelineRow
from dashboard.history.history_text import (
    AvailabilityRow,
    availability_rows,
    file_name,
    no_outage,
    outages_title,
    span_title,
    unread_of_most,
)
from dashboard.translations import language
from procedure.monitoring.downtime import Availability
from procedure.outages.figures import AvailabilityFigures

FRENCH = language("fr")
HOUR = timedelta(hours=1)
HALF = Availability(up=HOUR, down=HOUR)


def spent(up: int, down: int = 0, unread: int = 0) -> AvailabilityFigures:
    return AvailabilityFigures(Availability(up=up * HOUR, down=down * HOUR, unread=unread * HOUR))


def test_every_span_has_its_title_and_file_name() -> None:
    assert [span_title(span, FRENCH) for span in SPANS] == ["24 heures", "Sept jours", "90 jours"]
    assert [outages_title(span, FRENCH) for span in SPANS] == [
        "Pannes, 24 heures",
        "Pannes, sept jours",
        "Pannes, 90 jours",
    ]
    assert len({no_outage(span, FRENCH) for span in SPANS}) == len(SPANS)
    assert [file_name(span, FRENCH) for span in SPANS] == [
        "relais-pannes-24h.csv",
        "relais-pannes-7j.csv",
        "relais-pannes-90j.csv",
    ]
    assert file_name("quarter", language("en")) == "relais-outages-90d.csv"


def test_availability_rows_are_empty_for_unknown() -> None:
    lane = TimelineRow("switch", (), {"day": spent(0, unread=24), "week": spent(3, 1)})
    (row,) = availability_rows([lane], FRENCH)
    assert row == AvailabilityRow("switch", ("", "75,00", None))


def test_availability_rows_without_announced_work_where_it_differs() -> None:
    sums = {
        "day": spent(1),
        "week": AvailabilityFigures(HALF, Availability(up=HOUR)),
        "quarter": spent(3, 1),
    }
    same = {span: AvailabilityFigures(HALF, HALF) for span in SPANS}
    lanes = [TimelineRow("alma-saml", (), sums, 1061.4), TimelineRow("alma-secours", (), same)]
    first, second = availability_rows(lanes, FRENCH)
    figures = ("100,00", "50,00", "75,00")
    assert first == AvailabilityRow(
        "alma-saml", figures, ("100,00", "100,00", "75,00"), (), "1\u202f061"
    )
    assert second == AvailabilityRow("alma-secours", ("50,00",) * 3)


def test_unread_time_is_named_once_and_for_lanes_with_more() -> None:
    def lane(key: str, week: int, quarter: int) -> TimelineRow:
        return TimelineRow(
            key, (), {"day": spent(24), "week": spent(9, 0, week), "quarter": spent(9, 0, quarter)}
        )

    lanes = [lane("a", 4, 50), lane("b", 4, 50), lane("c", 4, 90), lane("d", 3, 20)]
    rows = list(availability_rows(lanes, FRENCH))
    assert [row.unread for row in rows] == [
        (),
        (),
        ("", "4\u202fh\u202f00", "3\u202fj 18\u202fh"),
        (),
    ]
    assert unread_of_most(lanes, FRENCH) == ("", "4\u202fh\u202f00", "2\u202fj 2\u202fh")
    assert unread_of_most([lane("a", 0, 1)], FRENCH) == ()
    assert unread_of_most([], FRENCH) == ()
