"""Numbers for what is written once and repeated often, and instants back from theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.schema import SERIES, WORD


def instant(count: int) -> datetime:
    """Return the aware UTC instant so many microseconds after 1970, exact until the year 2200."""
    return datetime.fromtimestamp(count / 1_000_000, UTC)


@dataclass(frozen=True)
class WordIdStatements:
    """The statements that find a number or give one, composed once for the database at hand."""

    add_word: str
    find_word: str
    add_series: str
    find_series: str

    @classmethod
    def of(cls, backend: Backend) -> WordIdStatements:
        """Compose them."""
        series = SERIES.c
        return cls(
            add_word=backend.insert_new(WORD, "text"),
            find_word=backend.compose(select(WORD.c.id).where(WORD.c.text == bindparam("text"))),
            add_series=backend.insert_new(SERIES, "target", "vantage"),
            find_series=backend.compose(
                select(series.id).where(
                    series.target == bindparam("target"), series.vantage == bindparam("vantage")
                )
            ),
        )


class WordIds:
    """The numbers of words and series, for one transaction only: a rollback forgets them."""

    def __init__(self, connection: DatabaseConnection, statements: WordIdStatements) -> None:
        self._connection = connection
        self._statements = statements
        self._known: dict[object, int] = {}

    def word(self, text: str | None) -> int | None:
        """Return the number of a text, a new one if need be; None for None."""
        if text is None:
            return None
        add, find = self._statements.add_word, self._statements.find_word
        return self._number(text, add, find, {"text": text})

    def series(self, target: str, vantage: str) -> int:
        """Return the number of a target seen from a vantage, a new one if need be."""
        known = self._known.get((target, vantage))
        if known is not None:
            return known
        add, find = self._statements.add_series, self._statements.find_series
        keys = {"target": self.word(target), "vantage": self.word(vantage)}
        return self._number((target, vantage), add, find, keys)

    def _number(self, key: object, add: str, find: str, keys: dict[str, Any]) -> int:
        number = self._known.get(key)
        if number is None:
            number = self._found(find, keys)
            if number is None:
                self._connection.execute(add, keys)
                number = self._found(find, keys)
            assert number is not None
            self._known[key] = number
        return number

    def _found(self, find: str, keys: dict[str, Any]) -> int | None:
        row = self._connection.execute(find, keys).fetchone()
        return None if row is None else row[0]
