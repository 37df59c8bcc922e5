"""Assigns ids to frequent words, so that each is stored only once; converts stored times."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select

from procedure.io.database.backend import Backend, DatabaseConnection
from procedure.io.database.schema import SERIES, WORD


def instant(count: int) -> datetime:
    """Return the aware UTC time of `count` microseconds since 1970, exact until the year 2200."""
    return datetime.fromtimestamp(count / 1_000_000, UTC)


@dataclass(frozen=True)
class WordIdStatements:
    """SQL that finds or assigns the id of a word or series, compiled once for a database."""

    add_word: str
    find_word: str
    add_series: str
    find_series: str

    @classmethod
    def compose(cls, backend: Backend) -> "WordIdStatements":
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
    """Finds or assigns the ids of words and of series (a target seen from a vantage).

    Use a new instance for each transaction, because a rollback also removes the new ids.
    """

    def __init__(self, connection: DatabaseConnection, statements: WordIdStatements) -> None:
        self._connection = connection
        self._statements = statements
        self._known: dict[object, int] = {}

    def word_id(self, text: str | None) -> int | None:
        """Return the id of a word, assigning one if necessary; None for None."""
        if text is None:
            return None
        add, find = self._statements.add_word, self._statements.find_word
        return self._find_or_add(text, add, find, {"text": text})

    def series_id(self, target: str, vantage: str) -> int:
        """Return the id of a target seen from a vantage, assigning one if necessary."""
        known = self._known.get((target, vantage))
        if known is not None:
            return known
        add, find = self._statements.add_series, self._statements.find_series
        keys = {"target": self.word_id(target), "vantage": self.word_id(vantage)}
        return self._find_or_add((target, vantage), add, find, keys)

    def _find_or_add(self, key: object, add: str, find: str, keys: dict[str, Any]) -> int:
        if key not in self._known:
            row = self._connection.execute(find, keys).fetchone()
            if row is None:
                self._connection.execute(add, keys)
                row = self._connection.execute(find, keys).fetchone()
            self._known[key] = row[0]
        return self._known[key]
