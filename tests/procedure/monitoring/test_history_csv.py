"""The file of outcomes: what is written comes back, and what cannot be read is named."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from procedure.errors import HistoryFileError
from procedure.monitoring.history_csv import COLUMNS, cells, read_outcomes
from procedure.monitoring.model import FailureCause, Hop, Outcome, Phase, Phases, Status

AT = datetime(2026, 11, 24, 9, 12, 0, 250_000, tzinfo=UTC)
OURS = ", ".join(COLUMNS)


def written(*outcomes: Outcome) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *map(cells, outcomes)])
    return out.getvalue()


def read(text: str) -> list[Outcome]:
    return list(read_outcomes(io.StringIO(text, newline="")))


TIMES = st.floats(0, 60_000) | st.none()
FIRST, LAST = datetime(1970, 1, 1), datetime(2100, 12, 31)  # noqa: DTZ001 (the zone comes next)
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12).map(str.strip)
KEYS = WORDS.filter(bool)
OUTCOMES = st.builds(
    Outcome,
    target=KEYS,
    url=WORDS,
    vantage=KEYS,
    at=INSTANTS,
    status=st.sampled_from(Status),
    cause=st.sampled_from(FailureCause) | st.none(),
    phase=st.sampled_from(Phase) | st.none(),
    http_status=st.integers(100, 999) | st.none(),
    final_url=KEYS | st.none(),
    latency_ms=TIMES,
    phases=st.builds(Phases, TIMES, TIMES, TIMES, TIMES),
    hops=st.lists(st.builds(Hop, WORDS, st.integers(100, 999) | st.none()), max_size=2).map(tuple),
    reserved=st.booleans(),
    detail=WORDS,
    expires=INSTANTS | st.none(),
)


@given(st.lists(OUTCOMES, max_size=5))
def test_read_reads_back_what_was_written(outcomes: list[Outcome]) -> None:
    assert read(written(*outcomes)) == outcomes


def test_written_row_has_utc_instants_and_empty_unknowns() -> None:
    one = Outcome(
        target="alma-saml",
        url="https://alma.example/",
        vantage="server",
        at=AT,
        status=Status.DOWN,
        cause=FailureCause.STATUS,
        phase=Phase.FIRST_BYTE,
        http_status=503,
        latency_ms=12.5,
        phases=Phases(dns=1.0),
        hops=(Hop("https://alma.example/", 503),),
        detail="down, they say",
    )
    assert written(one).splitlines()[1] == (
        "2026-11-24T09:12:00.250000Z,alma-saml,server,down,status,first_byte,503,12.5,1.0,,,,"
        'https://alma.example/,,false,"down, they say",,'
        '"[{""url"":""https://alma.example/"",""http_status"":503,'
        '""phases"":{""dns"":null,""connect"":null,""tls"":null,""first_byte"":null}}]"'
    )


def test_read_needs_three_columns_in_any_order_and_offset() -> None:
    assert read("verdict,remark,target,at\nup,hello,alma,2026-11-24T10:12:00+01:00\n\n") == [
        Outcome("alma", "", "server", datetime(2026, 11, 24, 9, 12, tzinfo=UTC), Status.UP)
    ]


def test_read_gives_a_failure_the_cause_of_its_status() -> None:
    text = (
        "at,target,verdict,http_status,latency_ms,commit\n"
        "2026-05-10T17:13:31Z,Web,up,200,133,04bb\n"
        "2026-05-10T17:14:31Z,Web,down,503,20,04bc\n"
        "2026-05-10T17:15:31Z,Web,down,200,21,04bd\n"
        "2026-05-10T17:16:31Z,Web,down,0,0,04be\n"
    )
    start = datetime(2026, 5, 10, 17, 13, 31, tzinfo=UTC)

    def seen(minute: int, status: Status, cause: FailureCause | None, **rest: object) -> Outcome:
        at = start + timedelta(minutes=minute)
        return Outcome("Web", "", "server", at, status, cause, **rest)

    assert read(text) == [
        seen(0, Status.UP, None, http_status=200, latency_ms=133),
        seen(1, Status.DOWN, FailureCause.STATUS, http_status=503, latency_ms=20),
        seen(2, Status.DOWN, FailureCause.CONTENT, http_status=200, latency_ms=21),
        seen(3, Status.DOWN, None, http_status=None, latency_ms=0),
    ]


def test_read_uses_a_cause_column() -> None:
    text = "at,target,verdict,cause,http_status\n2026-05-10T17:13:31Z,Web,down,,503\n"
    assert [one.cause for one in read(text)] == [None]


def test_read_accepts_semicolons() -> None:
    text = 'at;target;verdict;detail\n2026-05-10T17:13:31Z;alma;down;"no; not, yet"\n'
    at = datetime(2026, 5, 10, 17, 13, 31, tzinfo=UTC)
    assert read(text) == [Outcome("alma", "", "server", at, Status.DOWN, detail="no; not, yet")]
    assert read('at,target,verdict\n"2026-05-10T17:13:31Z","a;b;c",up\n')[0].target == "a;b;c"


ADVICE = (
    f"The columns are {OURS}, of which at, target, verdict are needed: rename those of another "
    "monitor"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "timestamp,target,state\n",
            "the first line names no column for at, verdict; it names timestamp, target, state. "
            + ADVICE,
        ),
        (
            "",
            "the first line names no column for at, target, verdict; it names nothing. " + ADVICE,
        ),
        (
            "at,target,verdict\n2026-05-10T17:13:31Z,a,up\n2026-05-10T17:13:31,a,up\n",
            "line 3: at: '2026-05-10T17:13:31' is not an instant; write it like 2026-11-24T09:12:00Z",
        ),
        (
            "at,target,verdict\n0001-01-01T00:00:00+14:00,a,up\n",
            "line 2: at: '0001-01-01T00:00:00+14:00' is not an instant; "
            "write it like 2026-11-24T09:12:00Z",
        ),
        (
            "at,target,verdict\n9999-12-31T00:00:00Z,a,up\n",
            "line 2: at: '9999-12-31T00:00:00Z' is not between the years 1970 and 2100",
        ),
        (
            "at,target,verdict\nyesterday,a,up\n",
            "line 2: at: 'yesterday' is not an instant; write it like 2026-11-24T09:12:00Z",
        ),
        (
            "at,target,verdict\n2026-05-10T17:13:31Z,a,degraded\n",
            "line 2: verdict: 'degraded' is not one of up, slow, down, unknown",
        ),
        (
            'at,target,verdict,detail\n2026-05-10T17:13:31Z,a,up,"x\ny"\n2026-05-10T17:13:32Z,,up,\n',
            "line 4: target is empty",
        ),
        (
            "at,target,verdict,latency_ms\n2026-05-10T17:13:31Z,a,up,nan\n",
            "line 2: latency_ms: 'nan' is no number of milliseconds up to a day",
        ),
        (
            "at,target,verdict,dns_ms\n2026-05-10T17:13:31Z,a,up,fast\n",
            "line 2: dns_ms: 'fast' is no number of milliseconds up to a day",
        ),
        (
            "at,target,verdict,http_status\n2026-05-10T17:13:31Z,a,up,OK\n",
            "line 2: http_status: 'OK' is no HTTP status; it has three digits, or is 0",
        ),
        *(
            (
                f"at,target,verdict,latency_ms\n2026-05-10T17:13:31Z,a,up,{number}\n",
                f"line 2: latency_ms: '{number}' is no number of milliseconds up to a day",
            )
            for number in ("1e308", "86400001", "-1", "inf", "1_0")
        ),
        *(
            (
                f"at,target,verdict,http_status\n2026-05-10T17:13:31Z,a,up,{number}\n",
                f"line 2: http_status: '{number}' is no HTTP status; it has three digits, or is 0",
            )
            for number in ("1e308", "9" * 5000, "1000", "42", "-200", "200.5")
        ),
        (
            "at,target,verdict,reserved\n2026-05-10T17:13:31Z,a,up,yes\n",
            "line 2: reserved: 'yes' is not one of true, false",
        ),
        (
            "at,target,verdict,hops\n2026-05-10T17:13:31Z,a,up,{}\n",
            "line 2: hops: no hops as Relais writes them: Expected `array`, got `object`",
        ),
    ],
)
def test_read_reports_unreadable_lines(text: str, message: str) -> None:
    with pytest.raises(HistoryFileError) as refused:
        read(text)
    assert str(refused.value) == message
