"""Finds words in the code that vocabulary.toml forbids.

`python -m tests.vocabulary` prints every place with a forbidden word, and the counts for each rule.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("procedure", "dashboard")
TABLE = Path(__file__).with_name("vocabulary.toml")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# The name in a definition of a function, class or variable, or of a method, such as
# `  async sendAll(rows) {`.
_MADE_IN_JS = re.compile(
    r"\b(?:const|let|var|function|class)\s+([\w$]+)"
    r"|^\s+(?:static |async |get |set )*#?([\w$]+)\([^()]*\) \{$",
    re.MULTILINE,
)
_COMMENT_IN_JS = re.compile(r"(?:^|\s)//\s(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """A word, its meaning, and the wrong words for it.

    - `names`: words that identifiers must not contain.
    - `sentences`: words or phrases that docstrings and comments must not contain.
    - `kept`: identifiers that may contain one of `names`.
    - `left`: the number of places that still have a forbidden identifier; it must not rise.
    """

    word: str
    means: str
    names: Sequence[str] = ()
    sentences: Sequence[str] = ()
    kept: Sequence[str] = ()
    left: int = 0


@dataclass(frozen=True)
class Found:
    """An identifier or a line of text, and the file and line where it was found."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True)
class Source:
    """The identifiers that a file defines, and the lines of its docstrings and comments."""

    names: list[Found] = field(default_factory=list[Found])
    sentences: list[Found] = field(default_factory=list[Found])


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(Rule(**row) for row in tomllib.loads(TABLE.read_text("utf-8"))["rule"])


def gone() -> dict[str, str]:
    """Return the new name of each name that is no longer used."""
    return tomllib.loads(TABLE.read_text("utf-8"))["gone"]


def table() -> str:
    """Return the rows that the table in CONTRIBUTING.md must have."""
    return "".join(
        f"| {rule.word} | {rule.means} | {', '.join(rule.names)} |\n" for rule in rules()
    )


def read_python(place: str, text: str) -> Source:
    """Read a Python file; the module's own name is one of its identifiers."""
    source = Source([Found(f"{place}:1", Path(place).stem)])
    for node in ast.walk(ast.parse(text)):
        source.names.extend(Found(f"{place}:{line}", name) for name, line in _made(node))
        source.sentences.extend(
            Found(f"{place}:{number}", line) for number, line in _docstring_lines(node)
        )
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            source.sentences.append(Found(f"{place}:{token.start[0]}", token.string))
    return source


def read_javascript(place: str, text: str) -> Source:
    """Read a JavaScript file with simple patterns."""

    def found(match: re.Match[str]) -> Found:
        line = text.count("\n", 0, match.start(match.lastindex or 0)) + 1
        return Found(f"{place}:{line}", match[match.lastindex or 0])

    names = [found(match) for match in _MADE_IN_JS.finditer(text)]
    return Source(names, [found(match) for match in _COMMENT_IN_JS.finditer(text)])


def sources() -> Iterator[Source]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            place = str(path.relative_to(ROOT))
            if path.suffix == ".py":
                yield read_python(place, path.read_text("utf-8"))
            elif path.suffix == ".js":
                yield read_javascript(place, path.read_text("utf-8"))


def wrong_names(source: Source, rule: Rule) -> Iterator[Found]:
    """Yield the identifiers that contain a word forbidden by the rule."""
    for name in source.names:
        if name.text not in rule.kept and not words_of(name.text).isdisjoint(rule.names):
            yield name


def wrong_sentences(source: Source, rule: Rule) -> Iterator[Found]:
    """Yield the lines of docstrings and comments that contain words forbidden by the rule."""
    for line in source.sentences:
        if any(re.search(rf"\b{words}\b", _without_code(line.text)) for words in rule.sentences):
            yield line


def words_of(name: str) -> set[str]:
    """Return the words of an identifier: `_PlannedWork` has `planned` and `work`."""
    return {part.lower() for part in _PARTS.findall(name)}


def _made(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each name that a syntax node defines, and its line number."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name, node.lineno
        case ast.arg():
            yield node.arg, node.lineno
        case ast.Name(ctx=ast.Store()):
            yield node.id, node.lineno
        case ast.Attribute(ctx=ast.Store()):
            yield node.attr, node.lineno


def _docstring_lines(node: ast.AST) -> Iterator[tuple[int, str]]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        docstring = node.body[0]
        assert isinstance(docstring, ast.Expr)
        assert isinstance(docstring.value, ast.Constant)
        yield from enumerate(str(docstring.value.value).splitlines(), docstring.lineno)


def _without_code(line: str) -> str:
    return re.sub(r"`[^`]*`", "", line)


def main() -> None:
    read = list(sources())
    for rule in rules():
        names = [found for source in read for found in wrong_names(source, rule)]
        sentences = [found for source in read for found in wrong_sentences(source, rule)]
        print(f"{rule.word}: {len(names)} names, {rule.left} allowed; {len(sentences)} sentences")
        print(*(f"  {found}" for found in [*names, *sentences]), sep="\n")


if __name__ == "__main__":
    main()
