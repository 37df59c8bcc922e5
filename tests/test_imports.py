"""Rules for the structure: imports, the modules that may use Panel, and the size of folders."""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from dashboard.core.context import AppContext
from dashboard.core.database_store import DatabaseStore
from dashboard.core.watches import Watches
from tests.stored.names import FACES

ROOT = Path(__file__).resolve().parent.parent
# The parts of `procedure`, from the bottom up: each imports only from itself and those before it.
LAYERS = (
    "errors",
    "local_time",
    "opening_hours",
    "journal",
    "access",
    "status_pages",
    "monitoring",
    "circulation",
    "guide",
    "handbook",
    "diagnosis",
    "reconciliation",
    "personal_data",
    "outages",
    "offline_lists",
    "frames",
    "readiness",
    "io",
    "records",
    "simulation",
)
# The features that each feature of the dashboard may import. Features that are not in `OPEN` may
# also import those in `OPEN`.
FEATURES: dict[str, tuple[str, ...]] = {
    "translations": (),
    "core.errors": (),
    "core.state": (),
    "core.setting_parsers": (),
    "settings": ("core.errors", "core.setting_parsers"),
    "core": ("translations", "core.errors", "core.state", "settings"),
    "ui": ("translations", "core.errors", "core.state"),
    "upkeep": (),
    "access": (),
    "server": ("core", "ui", "access"),
    "monitoring": (),
    "metrics": ("monitoring",),
    "outage": ("monitoring", "access"),
    "readiness": (),
    "guide": ("monitoring", "outage", "readiness"),
    # Probes and declared outages determine whether a desk lends in Alma or in Relais.
    "loans": ("monitoring", "outage", "readiness"),
    "reconciliation": ("loans", "outage"),
    "history": (),
    "dossier": ("history", "reconciliation"),
    "service_level": (),
    "desk": ("loans", "guide", "readiness"),
    "drill": ("monitoring", "outage", "guide", "loans", "reconciliation"),
    "simulation": ("app", "drill"),
}
OPEN = ("core", "ui", "translations", "core.errors", "core.state", "settings")
# Libraries that reach the clock, the network, the disk, the environment or the page: within
# `procedure`, only `io` and `simulation` may import them.
WORLD = (
    "httpx",
    "sqlalchemy",
    "socket",
    "ssl",
    "asyncio",
    "threading",
    "os",
    "sqlite3",
    "time",
    "panel",
    "param",
    "bokeh",
    "tornado",
)
# Views, pages and `dashboard/ui` use Panel or Bokeh; otherwise, only the files in `ALSO_DRAW` do.
DRAWS = ("_view.py", "page.py")
ALSO_DRAW: frozenset[str] = frozenset(
    {
        "dashboard/access/openid_sign_in.py",
        "dashboard/history/charts.py",
        "dashboard/monitoring/browser_probe_component.py",
        "dashboard/notebook_api.py",
        "dashboard/pages/open_pages.py",
        "dashboard/server/asset_files.py",
        "dashboard/server/request_filter.py",
        "dashboard/server/http_server.py",
        "dashboard/server/page_handler.py",
        "dashboard/server/panel_internals.py",
    }
)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, Path]:
    paths = (p for name in ("procedure", "dashboard") for p in sorted((ROOT / name).rglob("*.py")))
    return {module_name(path): path for path in paths}


def imported(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


@cache
def imports_of(module: str) -> set[str]:
    return set(imported(ast.parse(modules()[module].read_text("utf-8")), modules()))


def top(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def part(module: str) -> str:
    return [*module.split(".", maxsplit=2), ""][1]


def breaks_layers(module: str, name: str) -> bool:
    if top(name) == "dashboard":
        return True
    here, there = part(module), part(name)
    if top(name) == "procedure" and here in LAYERS and there in LAYERS:
        return LAYERS.index(there) > LAYERS.index(here)
    return here not in {"io", "simulation"} and top(name) in WORLD


def feature(module: str) -> str:
    """Return the module's folder, or the module itself if `FEATURES` names it."""
    inner = module.removeprefix("dashboard.")
    return inner if inner in FEATURES else part(module)


def breaks_features(module: str, name: str) -> bool:
    here, there = feature(module), feature(name)
    if here not in FEATURES or not name.startswith("dashboard."):
        return False
    allowed = {here, *FEATURES[here]}
    if here not in OPEN:
        allowed |= set(OPEN)
    return there not in allowed


def offences() -> set[tuple[str, str]]:
    broken = set()
    for module in modules():
        breaks = breaks_layers if module.startswith("procedure") else breaks_features
        broken |= {(module, name) for name in imports_of(module) if breaks(module, name)}
    return broken


def test_imports_run_downward() -> None:
    assert sorted(offences()) == []


def test_files_have_no_circular_imports() -> None:
    # `imports_of` includes imports inside functions and those only for type checking.
    imports = {name: imports_of(name) & modules().keys() for name in modules()}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        pytest.fail(f"these files import each other: {' <- '.join(circle.args[1])}")


def test_only_views_pages_and_components_import_panel() -> None:
    drawing = {
        str(modules()[name].relative_to(ROOT))
        for name in modules()
        if any(top(module) in {"panel", "bokeh"} for module in imports_of(name))
    }
    others = {
        place
        for place in drawing
        if not place.endswith(DRAWS) and not place.startswith("dashboard/ui/")
    }
    assert others == ALSO_DRAW


# Modules of Panel and Bokeh that are documented for developers, or that have offered the same names
# in every release so far.
PUBLIC = re.compile(
    r"panel(\.custom|\.viewable)?|bokeh(\.(document|events|models|palettes|plotting|resources|settings"
    r"|transform))?"
)
INTERNALS = "dashboard.server.panel_internals"


def test_internals_of_panel_and_bokeh_are_used_in_one_module() -> None:
    used = {
        name: sorted(
            module
            for module in imports_of(name)
            if top(module) in {"panel", "bokeh"} and not PUBLIC.fullmatch(module)
        )
        for name in modules()
    }
    assert [name for name, internals in used.items() if internals] == [INTERNALS]
    assert len(used[INTERNALS]) <= 14


def test_parameters_are_typed() -> None:
    untyped = re.compile(r"\bparam\.Parameter\(")
    assert [m for m, p in modules().items() if untyped.search(p.read_text("utf-8"))] == []


def test_dependencies_are_declared_above_methods() -> None:
    bound = re.compile(r"\b(?:pn|panel|param)\.bind\(|import bind\b")
    assert [m for m, p in modules().items() if bound.search(p.read_text("utf-8"))] == []


@pytest.mark.parametrize("part", [AppContext, DatabaseStore, Watches])
def test_parts_of_the_context_are_small_and_frozen(part: type) -> None:
    assert len(fields(part)) <= 12
    assert part.__dataclass_params__.frozen
    assert [name for name, kind in part.__annotations__.items() if "Callable" in str(kind)] == []


# The modules to read first; all others are in a folder for their subject.
AT_THE_ROOT = {
    "__init__",
    "app",
    "app_hooks",
    "entry_point",
    "main",
    "notebook_api",
    "page",
    "routes",
    "settings",
}


def test_root_of_the_dashboard_has_only_entry_points() -> None:
    assert {path.stem for path in (ROOT / "dashboard").glob("*.py")} == AT_THE_ROOT


def test_class_names_are_unique() -> None:
    modules_of: dict[str, list[str]] = defaultdict(list)
    for module, path in modules().items():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                modules_of[node.name].append(module)
    assert {name: places for name, places in modules_of.items() if len(places) > 1} == {}


def test_folders_hold_at_most_25_modules() -> None:
    sizes = Counter(str(path.parent.relative_to(ROOT)) for path in modules().values())
    assert {folder for folder, size in sizes.items() if size > 25} == set()


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        ("procedure.guide.walk", "panel", True),
        ("procedure.monitoring.board", "procedure.status_pages.status", False),
        ("procedure.status_pages.status", "procedure.monitoring.board", True),
        ("procedure.io.database.sql_journal", "sqlalchemy", False),
    ],
)
def test_breaks_layers_of_each_import(module: str, name: str, broken: bool) -> None:
    assert breaks_layers(module, name) is broken


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        ("dashboard.monitoring.cell", "dashboard.guide.guide", True),
        ("dashboard.guide.guide", "dashboard.monitoring.cell", False),
        ("dashboard.core.session", "dashboard.monitoring.cell", True),
        ("dashboard.app", "dashboard.guide.guide", False),
    ],
)
def test_breaks_features_of_each_import(module: str, name: str, broken: bool) -> None:
    assert breaks_features(module, name) is broken


@pytest.mark.parametrize("package", FACES)
def test_public_names_of_a_package_are_not_modules(package: str) -> None:
    face = import_module(package)
    assert [name for name in face.__all__ if isinstance(getattr(face, name), ModuleType)] == []
    with pytest.raises(AttributeError, match="attribute Nothing"):
        face.Nothing  # noqa: B018


@pytest.mark.parametrize(
    ("modules", "late"),
    [
        (FACES, ("pandas", "panel", "sqlalchemy", "httpx")),
        (
            (
                "dashboard.cli.serve",
                "dashboard.pages.open_pages",
                "dashboard.app",
                "dashboard.routes",
            ),
            (
                "pandas",
                "openpyxl",
                "bokeh.plotting",
                "procedure.simulation",
                "dashboard.history.history_page",
            ),
        ),
    ],
    ids=["a notebook", "the server"],
)
def test_startup_imports_modules_lazily(modules: tuple[str, ...], late: tuple[str, ...]) -> None:
    script = f"import {', '.join(modules)}, sys; print([n for n in {late} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_components_are_known_when_the_server_starts() -> None:
    # A browser receives the component types when its session starts, and cannot show types that are
    # imported later.
    defined = r"^class (\w+)\(JSComponent\):"
    names = {
        name
        for path in sorted(Path(ROOT, "dashboard").rglob("*.py"))
        for name in re.findall(defined, path.read_text("utf-8"), re.MULTILINE)
    }
    script = (
        "import dashboard.pages.open_pages, panel.custom;"
        " print(*(one.__name__ for one in panel.custom.JSComponent.__subclasses__()))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert names - set(run.stdout.split()) == set()
    assert "ScanBox" in names
