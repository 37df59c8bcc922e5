"""A list that stays in order while single things come, change and go."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
# Above this share of the whole, sorting anew is quicker than putting one by one.
_MANY = 8


class Ordered(Generic[_T]):
    """Things by their `key`, which is another for each of them and never changes for one.

    One that is put costs a search; the rest of a long list is not looked at.
    """

    def __init__(self, key: Callable[[_T], Any]) -> None:
        self._key = key
        self._keys: list[Any] = []
        self._things: list[_T] = []

    def __len__(self) -> int:
        return len(self._things)

    def __iter__(self) -> Iterator[_T]:
        return iter(self._things)

    @property
    def things(self) -> Sequence[_T]:
        """All of them in order: the list itself, which the next change changes too."""
        return self._things

    def put(self, thing: _T) -> None:
        """Put a thing in its place, or in place of the one with the same key."""
        key = self._key(thing)
        place = bisect_left(self._keys, key)
        if self._is_at(place, key):
            self._things[place] = thing
        else:
            self._keys.insert(place, key)
            self._things.insert(place, thing)

    def put_all(self, things: Collection[_T]) -> None:
        """Put many."""
        if len(things) * _MANY < len(self):
            for one in things:
                self.put(one)
            return
        known = dict(zip(self._keys, self._things, strict=True))
        known.update((self._key(one), one) for one in things)
        self._keys = sorted(known)
        self._things = [known[key] for key in self._keys]

    def take(self, key: Any) -> None:
        """Take out what has this key, if anything has."""
        place = bisect_left(self._keys, key)
        if self._is_at(place, key):
            del self._keys[place], self._things[place]

    def _is_at(self, place: int, key: Any) -> bool:
        return place < len(self._keys) and self._keys[place] == key
