"""Put a mutant's functions in the place of those that are loaded, without an import.

A function that lives takes the code of the mutant's. What a module computes when it is imported
cannot be changed like this.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType

Pair = tuple[CodeType, CodeType]


def transplant(before: str, after: str, path: str) -> bool:
    """Change the functions in which two sources of one module differ; return whether all could be."""
    sources = (compile(source, path, "exec") for source in (before, after))
    pairs = list(_changed(*sources))
    living = [made for made in gc.get_objects() if type(made) is FunctionType]
    done = True
    for pair in pairs:
        done &= pair is not None and _replace(pair, living)
    return done


def _replace(pair: Pair, living: list[FunctionType]) -> bool:
    old, new = pair
    places = [
        made
        for made in living
        if made.__code__ == old and made.__code__.co_filename.endswith(old.co_filename)
    ]
    for made in places:
        made.__code__ = new
    return bool(places)


def _changed(old: CodeType, new: CodeType) -> Iterator[Pair | None]:
    """Yield the functions that differ, None where something else does."""
    if _plain(old) != _plain(new):
        yield None
        return
    for mine, other in zip(_codes(old), _codes(new), strict=True):
        if mine == other:
            continue
        if mine.co_flags & CO_OPTIMIZED:
            same = (mine.co_freevars, mine.co_argcount) == (other.co_freevars, other.co_argcount)
            yield (mine, other) if same else None
        else:  # the body of a class
            yield from _changed(mine, other)


def _codes(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]


def _plain(code: CodeType) -> tuple[object, ...]:
    values = [repr(value) for value in code.co_consts if not isinstance(value, CodeType)]
    return code.co_code, code.co_names, tuple(values), len(_codes(code))
