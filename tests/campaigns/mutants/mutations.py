"""Makes mutants of a module, each with one change, using the operators of mutmut.

mutmut itself skips tables, properties and everything with a decorator. Most of Relais's diagnosis
is in code of these kinds.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import (
    mutation_operators,
    operator_arg_removal,
    operator_dict_arguments,
    operator_string,
)

# Annotations are not evaluated; decorators and imports are needed to load the module.
LEFT_OUT = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
# Tests nearly always detect the mutants that these operators make.
COARSE = (operator_string, operator_dict_arguments, operator_arg_removal)
# These calls matter only to type checkers.
TYPING = ("cast", "TypeVar", "Literal")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module's changed source; `line` is the line of the change in the original."""

    path: Path
    line: int
    source: str
    difference: str

    @property
    def module(self) -> str:
        """The import name of the file."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield the mutants of a file, in line order."""
    source = path.read_text("utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    seen = {source}
    for node in _nodes(wrapper.module):
        for changed in _changed(node):
            text = wrapper.module.deep_replace(node, changed).code
            if text not in seen:
                seen.add(text)
                yield Mutant(path, positions[node].start.line, text, _difference(source, text))


def _nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, LEFT_OUT) or _is_docstring(node) or _is_for_types(node):
        return
    yield node
    for child in node.children:
        yield from _nodes(child)


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)


def _is_for_types(node: cst.CSTNode) -> bool:
    called = node.func if isinstance(node, cst.Call) else getattr(node, "value", None)
    return (
        isinstance(node, cst.Call | cst.Subscript)
        and isinstance(called, cst.Name)
        and called.value in TYPING
    )


def _changed(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind) and operator not in COARSE:
            yield from operator(node)


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if line[:2] not in ("--", "++", "@@"))
