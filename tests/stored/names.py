"""Finds the names in the code that are stored or that others rely on: see `stored_names.toml`.

`python -m tests.stored.names` prints these names in the format of `stored_names.toml`. Lists and
tables are recognised by their contents, because the names of classes and modules may change.
"""

import ast
import json
import pkgutil
import re
import sqlite3
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import msgspec
import pandas as pd

import dashboard
import procedure
from dashboard.cli import relais as command
from dashboard.routes import ROUTES
from dashboard.settings import SETTINGS
from procedure import frames
from procedure.handbook.json_schema import schemas
from procedure.io.database.entry_kinds import ENTRY_KINDS
from tests.stored.opened import open_database, relais, settings, unpack

Names = dict[str, dict[str, Any]]
DASHBOARD, PROCEDURE = (Path(package.__path__[0]) for package in (dashboard, procedure))
PINNED = Path(__file__).parent.parent / "stored_names.toml"
# The packages whose names notebooks and other programs may use.
FACES = tuple(f"procedure.{stub.parent.name}" for stub in PROCEDURE.glob("*/__init__.pyi"))
_REFUSAL = r'TransactionRefused\(\s*"([a-z_]+)"'
HEAD = """\
# Names that are stored or that others rely on. They never change, except that those in `python`,
# which packages offer, may change with a line in the changelog. New names may be added:
# `python -m tests.stored.names` prints this file with them. A removed name is never used again.

"""


def stored_names(pinned: Mapping[str, Mapping[str, Any]]) -> Names:
    """Return every section of `stored_names.toml` with the names that the code has now.

    Lists and tables have no names of their own, so they get the labels in `pinned`.
    """
    return {
        "journal": journal(),
        "words": labelled(pinned["words"], word_lists()) | {"refusals": quoted(_REFUSAL, "*.py")},
        "toml": labelled(pinned["toml"], rule_tables()),
        "json": json_keys(),
        "frames": labelled(pinned["frames"], frame_columns()),
        "sql": sql_tables(),
        "browser": browser_names(),
        "metrics": {"names": metric_names()},
        "addresses": {
            "routes": sorted(route[0] for route in ROUTES),
            "query": quoted(r'href="\?([a-z]+)=', "*.html"),
        },
        "environment": {"variables": sorted(SETTINGS)},
        "command": options(command, "relais"),
        "removed": dict(pinned["removed"]),
        "python": {package: sorted(import_module(package).__all__) for package in FACES},
    }


def names_in_use(names: Names) -> dict[str, set[str]]:
    """Return the names that the code has now, by kind; `[removed]` has the same kinds."""
    commands = {command.removeprefix("relais ") for command in names["command"]}
    keys = {f"{table}.{key}" for table, of_table in names["toml"].items() for key in of_table}
    columns = {f"{frame}.{column}" for frame, each in names["frames"].items() for column in each}
    return {
        "settings": set(names["environment"]["variables"]),
        "commands": commands,
        "options": {
            f"{command} {option.split()[0]}"
            for command, taken in names["command"].items()
            for option in taken
        },
        "routes": set(names["addresses"]["routes"]),
        "handbook": keys | {key.partition(".")[0] for key in keys},
        "columns": columns,
        "metrics": set(names["metrics"]["names"]),
        "classes": set(classes()),
    }


def classes() -> Iterator[str]:
    """Yield the name of each class and function in the source."""
    for folder in (DASHBOARD, PROCEDURE):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node.name


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_ROLLED = ("up", "slow", "down", "unknown", "unread", "probes", "p50", "p95", "p99")

# ----- the journal -----


def journal() -> dict[str, dict[str, str]]:
    """Return the JSON type of each field of each kind of entry."""
    return {
        kind: dict(sorted(fields(msgspec.inspect.type_info(stored))))
        for kind, stored in ENTRY_KINDS.items()
    }


def fields(stored: msgspec.inspect.Type) -> Iterator[tuple[str, str]]:
    """Yield the name and JSON type of each field of an object and of its nested objects."""
    for field in getattr(stored, "fields", ()):
        yield field.encode_name, f"{kind_of(field.type)}{default(field)}"
        for inner in objects(field.type):
            yield from ((f"{field.encode_name}.{name}", shape) for name, shape in fields(inner))


def objects(stored: Any) -> Iterator[Any]:
    if hasattr(stored, "fields"):
        yield stored
    for inner in (*getattr(stored, "types", ()), *_items(stored)):
        yield from objects(inner)


def _items(stored: Any) -> Iterator[Any]:
    if hasattr(stored, "item_type"):
        yield stored.item_type


def kind_of(stored: Any) -> str:
    """Return the JSON name of a type, or the values of an enum."""
    kind = type(stored).__name__.removesuffix("Type").lower()
    match kind:
        case "union":
            return " or ".join(kind_of(member) for member in stored.types)
        case "enum":
            return "one of " + " ".join(str(member.value) for member in stored.cls)
        case "vartuple" | "list":
            return f"list of {kind_of(stored.item_type)}"
        case "tuple":
            return "[" + ", ".join(kind_of(item_type) for item_type in stored.item_types) + "]"
        case "dataclass" | "struct":
            return "object"
        case _:
            return kind


def default(field: msgspec.inspect.Field) -> str:
    if field.required:
        return ""
    value = field.default
    if value is msgspec.NODEFAULT or hasattr(value, "__dataclass_fields__"):
        return ", may be missing"
    return f", {json.dumps(value)} if missing"


# ----- lists and tables of the code -----


# `postgres` needs an optional driver; Python or Bokeh runs the other modules as scripts.
_NOT_IMPORTED = ("postgres", "__main__", "dashboard.main", "dashboard.app_hooks")


@cache
def modules() -> list[Any]:
    names = [
        module.name
        for package in (procedure, dashboard)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [import_module(name) for name in names if not name.endswith(_NOT_IMPORTED)]


def values() -> Iterator[Any]:
    """Yield every value in the modules' namespaces once."""
    seen: dict[int, Any] = {}
    for module in modules():
        seen.update((id(value), value) for value in vars(module).values())
    yield from seen.values()


def word_lists() -> list[list[str]]:
    """Return the sorted words of each enum and each collection in the code.

    The words of an enum are its values. The words of a collection are its strings, or the `key`s
    of its items.
    """
    lists = {tuple(sorted(words)) for value in values() if (words := _texts(value))}
    return [list(texts) for texts in lists]


def _texts(value: Any) -> set[str]:
    if isinstance(value, type) and issubclass(value, Enum):
        value = [member.value for member in value]
    if not isinstance(value, (tuple, list, set, frozenset, Mapping)):
        return set()
    words = [getattr(item, "key", item) for item in value]
    return {str(word) for word in words} if all(isinstance(word, str) for word in words) else set()


def rule_tables(schema: Any = None) -> list[dict[str, str]]:
    """Return the keys of each table in the handbook, each marked "required" or "optional"."""
    if schema is None:
        return [table for whole in schemas().values() for table in rule_tables(whole)]
    if not isinstance(schema, dict):
        return []
    below = [table for inner in schema.values() for table in rule_tables(inner)]
    if schema.get("type") != "object" or not schema.get("properties"):
        return below
    needed = schema.get("required", ())
    keys = {key: "required" if key in needed else "optional" for key in schema["properties"]}
    return [keys, *below]


def frame_columns() -> list[dict[str, str]]:
    """Return the columns and dtypes of frames whose layout is in `frames`, and of summaries."""
    layouts = (getattr(frames, name) for name in frames.__all__ if name.isupper())
    tables = [dict(layout) for layout in layouts if isinstance(layout, Mapping)]
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{unpack(Path(folder))}"
        with open_database(url, now=lambda: LONG_AGO) as opened:
            rolled = opened.history.summaries("day", _ROLLED, since=LONG_AGO)
    tables.append(dict(frames.summaries(rolled).dtypes))
    return [{name: _dtype(dtype) for name, dtype in table.items()} for table in tables]


def _dtype(dtype: Any) -> str:
    if isinstance(dtype, pd.CategoricalDtype):
        words = [str(category) for category in dtype.categories]
        # The categories are targets, which come from the handbook and may change.
        return "category" if "alma-saml" in words else "one of " + " ".join(words)
    return str(dtype)


def labelled(pinned: Mapping[str, Any], word_lists: Iterable[Any]) -> dict[str, Any]:
    """Pair each label in `pinned` with the list or table that is most like its pinned value."""
    word_lists = list(word_lists)
    return {
        label: max(word_lists, key=lambda word_list: _shared(word_list, wanted), default=None)
        for label, wanted in pinned.items()
    }


def _shared(one: Any, other: Any) -> tuple[int, int]:
    pairs, others = (set(x.items() if isinstance(x, Mapping) else x) for x in (one, other))
    return len(pairs & others), -len(pairs ^ others)


# ----- the commands' output -----

_JSON = {
    "loans import": ("loans", "import", "papier.csv"),
    "loans list": ("loans", "list"),
    "loans summary": ("loans", "summary"),
    "probe": ("probe", "--url", "http://127.0.0.1:9/"),
    "reconcile report": ("reconcile", "report", "report.txt"),
    "reconcile status": ("reconcile", "status"),
    "reconcile summary": ("reconcile", "summary"),
    "reconcile verify": ("reconcile", "verify"),
    "replay": ("replay", "scenario.toml"),
    "report": ("report", "--since", "2025-06-15", "--until", "2025-06-18"),
}


def json_keys() -> dict[str, list[str]]:
    """Return the keys that each command prints with `--json`; a nested key is `outer.inner`."""
    here = Path(__file__).parent
    with TemporaryDirectory() as folder, settings(unpack(Path(folder))):
        (Path(folder) / "report.txt").write_text("Item not found, Barcode: 1061000070\n")
        exports = [path for path in (here / "expected" / "files").iterdir() if "_10_" in path.name]
        files = {"report.txt": Path(folder) / "report.txt", "papier.csv": here / "papier.csv"}
        files["scenario.toml"] = here / "scenario.toml"
        keys_of: dict[str, list[str]] = {}
        for name, words in _JSON.items():
            more = ("--export", exports[0].name) if name == "reconcile report" else ()
            given = [files.get(word, word) for word in words]
            output = relais(*given, *more, "--json", codes=(0, 1, 3, 4))
            lines = [json.loads(line) for line in output.splitlines()]
            keys_of[name] = sorted({key for line in lines for key in keys(line)})
    return keys_of


# The keys inside these objects come from the handbook.
_OPEN = {"suggest"}


def keys(value: Any, above: str = "") -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            for name, inner in item.items():
                yield f"{above}{name}"
                if name not in _OPEN:
                    yield from keys(inner, f"{above}{name}.")


# ----- the database, the browser, the command -----


def sql_tables() -> dict[str, list[str]]:
    """Return the columns of each table in a new SQLite database, with types and constraints."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.sqlite3"
        open_database(f"sqlite:///{path}", now=lambda: LONG_AGO).close()
        connection = sqlite3.connect(path)
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        tables = {
            name: [
                " ".join([column, kind] + ["not null"] * needed + [f"key {key}"] * bool(key))
                for _, column, kind, needed, _, key in connection.execute(
                    f"pragma table_info({name})"
                )
            ]
            for (name,) in names
            if not name.startswith("sqlite_")
        }
        connection.close()
    return tables


def browser_names() -> dict[str, list[str]]:
    """Return the names under which Relais's pages store data in a browser."""
    cookies = quoted(r"[\"'`](relais_[a-z]+)\b", "*.js", "*.html", "*.py")
    metrics = metric_names()
    (store,) = (file for file in DASHBOARD.rglob("*.js") if "indexedDB.open" in file.read_text())
    return {
        "cookies": [name for name in cookies if name not in metrics],
        "storage": quoted(r"[\"'`](relais\.[a-z]+)(?:\.|[\"'`])", "*.js"),
        "indexed_db": quoted(r"^const ([A-Z]+ = (?:\"\w+\"|\d+))$", store.name),
        "indexed_db_keys": quoted(r"(keyPath: \"\w+\")", store.name),
        "indexed_db_indexes": quoted(r"createIndex\((\"\w+\", \"\w+\")\)", store.name),
        "indexed_db_numbers": quoted(r"numbers\.(?:get|delete)\(\"(\w+)\"\)", store.name),
        "caches": quoted(r"const (?:PREFIX|CACHE) = \"([\w-]+)\"", "*.js"),
    }


def metric_names() -> list[str]:
    """Return the names of the metrics at `/metrics`."""
    return quoted(r"\"(relais_[a-z_]+)\"", "metrics.py")


def quoted(pattern: str, *globs: str) -> list[str]:
    """Return the distinct matches of a pattern in the sources, sorted."""
    files = [
        file for folder in (DASHBOARD, PROCEDURE) for glob in globs for file in folder.rglob(glob)
    ]
    compiled = re.compile(pattern, re.MULTILINE)
    return sorted({text for file in files for text in compiled.findall(file.read_text("utf-8"))})


def options(command: click.Command, name: str) -> dict[str, list[str]]:
    """Return the arguments and options of a command and its subcommands, by command name."""
    names = {name: sorted(_option(param) for param in command.params)}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            one = command.get_command(context, below)
            assert one is not None
            names |= options(one, f"{name} {below}")
    return names


def _option(one: click.Parameter) -> str:
    names = " ".join(sorted(one.opts)) if one.param_type_name == "option" else "argument"
    parts = [names]
    if isinstance(one, click.Option) and one.is_flag:
        parts.append(f"= {one.flag_value}" if isinstance(one.flag_value, str) else "flag")
    elif isinstance(one.type, click.Choice):
        parts.append("of " + " ".join(map(str, one.type.choices)))
    parts += ["required"] * one.required + ["multiple"] * (one.multiple or one.nargs < 0)
    return " ".join(parts)


def as_toml(names: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the sections as TOML; the sections and the names in them are sorted."""
    parts: list[str] = []
    for section, table in sorted(names.items()):
        nested = {name: value for name, value in sorted(table.items()) if isinstance(value, dict)}
        plain = {name: value for name, value in table.items() if name not in nested}
        named = [(f"{section}.{name}", value) for name, value in nested.items()]
        for head, values in [(section, plain), *named] if plain else named:
            parts.append(f"[{head}]\n" + "".join(_line(key, values[key]) for key in sorted(values)))
    return "\n".join(parts)


def _line(name: str, value: str | list[str]) -> str:
    key = name if re.fullmatch(r"[\w-]+", name, re.ASCII) else json.dumps(name)
    if isinstance(value, str):
        return f"{key} = {json.dumps(value)}\n"
    if len(line := f"{key} = {json.dumps(value)}\n") <= 100:
        return line
    return f"{key} = [\n" + "".join(f"    {json.dumps(text)},\n" for text in value) + "]\n"


if __name__ == "__main__":
    print(HEAD + as_toml(stored_names(tomllib.loads(PINNED.read_text("utf-8")))), end="")
