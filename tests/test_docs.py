"""The documentation uses only existing commands, and names settings and buttons correctly."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dashboard.cli import relais
from dashboard.settings import SETTINGS
from dashboard.translations import SOURCE
from tests.dashboard.test_translations import catalogue, forms, sentences

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if "_build" not in path.parts and "decisions" not in path.parts
)
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
# Emphasised words that are not names of buttons: keys, whole sentences, and objects at the desk.
NO_BUTTON = re.compile(
    r"F\d|[A-Z]|.*[.?:]|cards?|items?|next card|cart|note|carte(?: suivante)?|documents|chariot"
    r"|(?:nächste )?Ausweis|Medien|Wagen"
    r"|Item is currently on loan by another patron|Fulfillment, .*"  # a block and menus in Alma
)
# The program's path, or a command that downloads it, may precede `relais`.
COMMAND = re.compile(r"(?:uvx --from \S+ |pipx run --spec \S+ |\S*[/\\])?relais (?=[a-z-])(.*)")
NAMING = {"fr/guichet": "fr", "en/desk": "en", "de/theke": "de"} | dict.fromkeys(
    ("coordinator", "drill", "lending", "public-status", "readiness", "reconciliation"), "en"
)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of every `relais` command in code blocks and between backticks."""
    blocks = re.findall(r"^```(?:sh|powershell)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(relais [^`]+)`", text)
    for line in lines:
        if match := COMMAND.match(line.split("#")[0].strip()):
            yield shlex.split(match[1].replace("…", ""))


def faults(words: list[str]) -> str:
    """Return the fault in a command (an unknown subcommand or option), or ""."""
    command: click.Command = relais
    context = click.Context(command, **relais.context_settings)
    names = list(words)
    while isinstance(command, click.Group) and names and not names[0].startswith("-"):
        name = names.pop(0)
        alternatives = [command.get_command(context, each) for each in name.split("|")]
        if None in alternatives or alternatives[0] is None:
            return f"there is no command {name}"
        command = alternatives[0]
    options = {
        option
        for parameter in command.get_params(context)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    asked = {word.strip("[]").split("=")[0] for word in names if word.strip("[").startswith("--")}
    return f"{' '.join(words)}: no {sorted(asked - options)}" if asked - options else ""


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_of_the_documentation_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [fault for words in commands(text) if (fault := faults(words))] == []


def test_commands_reports_an_unknown_command() -> None:
    text = "```sh\nrelais reconsile --json  # x\n```\n`relais doctor --jsn`"
    assert list(map(faults, commands(text))) == [
        "there is no command reconsile",
        "doctor --jsn: no ['--jsn']",
    ]


def test_documented_settings_equal_those_of_the_code() -> None:
    table = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
    assert sorted(name for row in rows for name in re.findall(r"RELAIS_\w+", row)) == sorted(
        SETTINGS
    )


def shown(code: str) -> set[str]:
    """Return every string that the pages show in a language, simplified by `plain`."""
    texts = sentences() if code == SOURCE else catalogue(code).values()
    return {plain(form) for each in texts for form in forms(each)}


@pytest.mark.parametrize(("page", "code"), NAMING.items())
def test_sheets_and_guides_name_buttons_of_the_page(page: str, code: str) -> None:
    stars = r"\*\*" if "/" in page else r"(?<!\*)\*(?!\*)"
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    named = re.findall(f"{stars}(.+?){stars}", text)
    buttons = {plain(name) for name in named if not NO_BUTTON.fullmatch(name)}
    assert {name for name in buttons if not any(t.startswith(name) for t in shown(code))} == set()


def test_english_pages_name_no_french_buttons() -> None:
    french = shown(SOURCE) - shown("en")
    assert [
        (page.name, name)
        for page in PAGES
        for name in re.findall(r"\*([^*\n]+)\*", page.read_text("utf-8"))
        if page.parent.name not in {"fr", "de"} and plain(name) in french
    ] == []


def test_documented_metrics_equal_those_of_the_code() -> None:
    table = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    named = re.findall(r"^\| `(relais_\w+?)(?:_total)?`", table, re.MULTILINE)
    stored = tomllib.loads((ROOT / "tests" / "stored_names.toml").read_text("utf-8"))
    assert sorted(named) == sorted([*stored["metrics"]["names"], "relais_info"])


@pytest.mark.parametrize("name", ["README", "CHANGELOG", "CONTRIBUTING", "SECURITY"])
def test_links_outside_the_site_lead_to_files(name: str) -> None:
    text = (ROOT / f"{name}.md").read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def plain(text: str) -> str:
    """Return text with one kind of space and apostrophe, and "#" for placeholders and numbers."""
    text = text.replace("\u202f", " ").replace("\xa0", " ").replace("’", "'")
    return re.sub(r"\{\w+\}|\d+", "#", text)


def test_overview_picture_names_only_existing_parts() -> None:
    picture = (ROOT / "docs" / "pictures" / "how-it-fits.svg").read_text("utf-8")
    names = re.findall(r'class="name">([^<]+)<', picture)
    files = [
        file.relative_to(ROOT).as_posix()
        for part in ("procedure", "dashboard")
        for file in (ROOT / part).rglob("*")
    ]
    # A box in the diagram names a module, script or folder, or two of them separated by a comma.
    wanted = [name for box in names if box != "a person" for name in box.split(", ")]
    suffixes = ("", ".py")
    missing = [
        name
        for name in wanted
        if not any(file.endswith(f"/{name}{end}") for file in files for end in suffixes)
    ]
    assert (len(names), missing) == (18, [])
