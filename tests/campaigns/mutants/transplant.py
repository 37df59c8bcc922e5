"""Put a mutant's functions and tables in the place of those that are loaded, without an import.

A function that lives takes the code of the mutant's; a table is made again, with all that is made
after it, and takes its place wherever a module holds it. What stands in the body of a class
cannot be changed like this.
"""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType, ModuleType
from typing import Any

Pair = tuple[CodeType, CodeType]


def transplant(before: str, after: str, module: ModuleType) -> bool:
    """Change the loaded module from one source to another; return whether that was possible."""
    old, new = ast.parse(before).body, ast.parse(after).body
    differ = [place for place, (a, b) in enumerate(zip(old, new, strict=True)) if not _same(a, b)]
    if all(isinstance(new[place], ast.Assign | ast.AnnAssign) for place in differ):
        for statement in new[differ[0] :] if differ else ():
            _make_again(statement, module)
        return True
    path = str(module.__file__)
    pairs = list(_changed(compile(before, path, "exec"), compile(after, path, "exec")))
    living = [made for made in gc.get_objects() if type(made) is FunctionType]
    return all(pair is not None and _replace(pair, living) for pair in pairs)


def _same(one: ast.stmt, other: ast.stmt) -> bool:
    return ast.dump(one) == ast.dump(other)


def _make_again(statement: ast.stmt, module: ModuleType) -> None:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    before = {name: vars(module)[name] for name in names}
    if not names:
        return
    exec(compile(ast.Module([statement], []), str(module.__file__), "exec"), vars(module))
    for name, value in before.items():
        _rebind(value, vars(module)[name])


def _rebind(old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        values = vars(module) if isinstance(module, ModuleType) else {}
        for name in [name for name, value in list(values.items()) if value is old]:
            # A number or a text is the same object in many places.
            if name.isupper() or name.startswith("_"):
                values[name] = new


def _replace(pair: Pair, living: list[FunctionType]) -> bool:
    old, new = pair
    places = [
        made
        for made in living
        if made.__code__ == old and made.__code__.co_filename == old.co_filename
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
