"""What one entry of a paper may be: the borders between what is taken and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from procedure.handbook import fields as entries

LENGTH = entries.TimeSpan(timedelta(seconds=10), timedelta(hours=24))


@pytest.mark.parametrize(
    ("read", "value", "taken"),
    [
        (entries.text, " a ", " a "),
        (entries.text, "Panne\u202f?", "Panne\u202f?"),
        (entries.texts, ["a", "b"], ("a", "b")),
        (entries.texts, [], ()),
        (entries.flag, False, False),
        (entries.weekdays, [7, 1, 1], (1, 7)),
        (entries.clock_time, "23:59", "23:59"),
        (entries.Count(0, 3), 3, 3),
        (LENGTH, "10 s", timedelta(seconds=10)),
        (LENGTH, "5min", timedelta(minutes=5)),
        (LENGTH, "24 h", timedelta(days=1)),
        (entries.address, "http://localhost:8080/a?b=c#d", "http://localhost:8080/a?b=c#d"),
        (entries.telephone, "+41223797000", "+41223797000"),
    ],
)
def test_read_accepts(read: Callable[[object], object], value: object, taken: object) -> None:
    assert read(value) == taken


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (entries.text, 1, "must be a text, not a number"),
        (entries.text, "", "is empty; write it, or take the key out"),
        (entries.text, "a\x7fb", "holds a control character (U+007F); keep it on one line"),
        (entries.texts, ["a", 1.5], "must be a text, not a number"),
        (entries.texts, {}, "must be a list, not a table"),
        (entries.flag, 1, "must be true or false, not a number"),
        (entries.flag, date(2026, 1, 1), "must be true or false, not a date"),
        (entries.table, True, "must be a table, not true or false"),
        (entries.tables, [time(8)], "must be a table, not a time"),
        (entries.weekdays, [0], "0 is not a day; write 1 for Monday to 7 for Sunday"),
        (entries.weekdays, [True], "True is not a day; write 1 for Monday to 7 for Sunday"),
        (entries.clock_time, "24:00", '"24:00" is not a time of day; write it like "08:00"'),
        (entries.clock_time, "08:00\n", "holds a control character (U+000A); keep it on one line"),
        (entries.Count(1, 3), 0, "must be a whole number from 1 to 3"),
        (entries.Count(0, 3), True, "must be a whole number from 0 to 3"),
        (LENGTH, "9 s", '"9 s" is not between 10 s and 24 h'),
        (LENGTH, "25 h", '"25 h" is not between 10 s and 24 h'),
        (LENGTH, "٦٠ s", '"٦٠ s" is not a length of time; write "60 s", "5 min" or "1 h"'),
        (
            entries.address,
            "https://a b.example",
            '"https://a b.example" is not an address; write https:// and a host',
        ),
        (
            entries.address,
            "https://[::1",
            '"https://[::1" is not an address; write https:// and a host',
        ),
        (
            entries.address,
            "https://x.example:99999/",
            '"https://x.example:99999/" is not an address; write https:// and a host',
        ),
        (
            entries.address,
            "javascript:alert(1)",
            '"javascript:alert(1)" is not an address; write https:// and a host',
        ),
        (
            entries.telephone,
            "+0223797000",
            '"+0223797000" cannot be dialled; write it like "+41223797000"',
        ),
    ],
)
def test_read_refuses(read: Callable[[object], object], value: object, message: str) -> None:
    with pytest.raises(ValueError) as refusal:
        read(value)
    assert str(refusal.value) == message
