"""A service is down only if every path to it is down; an unknown path does not count as down."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.handbook.model import services
from procedure.io.handbook_files import load_handbook
from procedure.monitoring.downtime import Downtime, StatusInterval, downtimes
from procedure.monitoring.model import FailureCause, Status
from procedure.monitoring.service_states import Service, announced_keys, service_states

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN
ALMA = Service("A4", ("saml", "secours"), announced=True)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def lane(target: str, *entries: tuple[int, Status | None], until: int = 60) -> list[StatusInterval]:
    ends = [minute for minute, _ in entries[1:]] + [until]
    return [
        StatusInterval(
            target, at(start), at(end), status, FailureCause.TIMEOUT if status is DOWN else None
        )
        for (start, status), end in zip(entries, ends, strict=True)
    ]


def joined(*lanes: list[StatusInterval]) -> list[StatusInterval]:
    return service_states(ALMA, dict(zip(ALMA.targets, lanes, strict=True)))


def test_packaged_handbook_has_four_services() -> None:
    handbook_services = services(load_handbook(PACKAGED_HANDBOOK))
    assert handbook_services == (
        Service("A3", ("switch",)),
        Service("A4", ("alma-saml", "alma-secours"), announced=True),
        Service("B2", ("tickets",)),
        Service("C1", ("offline-utility",)),
    )
    assert announced_keys(handbook_services) == {"A4", "alma-saml", "alma-secours"}


def test_service_is_up_while_one_address_works() -> None:
    states = joined(
        lane("saml", (0, UP), (10, DOWN)), lane("secours", (0, UP), (20, DOWN), (40, SLOW))
    )
    assert states == lane("A4", (0, UP), (20, DOWN), (40, SLOW))
    assert downtimes(states) == [Downtime("A4", at(20), at(40), FailureCause.TIMEOUT)]


def test_service_with_an_unknown_address_is_not_down() -> None:
    states = joined(lane("saml", (0, DOWN)), lane("secours", (0, None), (10, UNKNOWN), (20, DOWN)))
    assert states == lane("A4", (0, None), (10, UNKNOWN), (20, DOWN))


def test_service_states_are_empty_for_an_address_without_readings() -> None:
    assert service_states(ALMA, {"saml": lane("saml", (0, DOWN))}) == []


STATUSES = st.sampled_from([UP, SLOW, DOWN, UNKNOWN, None])
LANES = st.dictionaries(st.integers(1, 59), STATUSES, max_size=6).flatmap(
    lambda entries: STATUSES.map(lambda first: [(0, first), *sorted(entries.items())])
)


@given(one=LANES, other=LANES)
def test_service_states_tile_the_window_and_are_down_if_all_addresses_are(
    one: list[tuple[int, Status | None]], other: list[tuple[int, Status | None]]
) -> None:
    lanes = lane("saml", *one), lane("secours", *other)
    states = joined(*lanes)
    assert (states[0].start, states[-1].end) == (at(0), at(60))
    assert all(a.end == b.start for a, b in pairwise(states))
    for state in states:
        within = [
            [x.status for x in mine if x.start < state.end and x.end > state.start]
            for mine in lanes
        ]
        assert (state.status is DOWN) == all(set(seen) == {DOWN} for seen in within)
