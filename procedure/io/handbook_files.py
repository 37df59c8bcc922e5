"""Reads a `Handbook` from a folder of TOML files, and upgrades or creates such a folder."""

import json
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from errno import ENOTEMPTY
from operator import attrgetter
from os import fstat
from pathlib import Path, PurePath
from tomllib import TOMLDecodeError
from zoneinfo import ZoneInfo

from procedure.errors import Fault, HandbookError
from procedure.handbook.ambiguities import ambiguities, misnamed_files
from procedure.handbook.library import (
    EARLIER,
    FILE as LIBRARY_FILE,
    LibrarySettings,
)
from procedure.handbook.locate import line_of, lines_of_keys
from procedure.handbook.model import FILES, OPTIONAL, Handbook, words_file
from procedure.handbook.spelling import closest, describe_character, typing_hint
from procedure.handbook.upgrade import upgraded
from procedure.io.atomic_files import write_atomically
from procedure.local_time import USUAL_ZONE, zone_named

SKELETON = Path(__file__).resolve().parent.parent / "handbook" / "skeleton"
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
_DUPLICATE = re.compile(r"overwrite|twice|multiple|Duplicate", re.IGNORECASE)
# Frequent messages from Python's TOML parser, and clearer messages to replace them.
_PLAIN = {
    "Invalid value": "a value is missing or not in quotes",
    "Illegal character '\\n'": "a quoted string is not closed; end it with a quote on that line",
    "Expected '=' after a key in a key/value pair": "a key needs = and a value",
    "Unclosed array": "a list is not closed; end it with ]",
}


@dataclass(frozen=True, slots=True)
class HandbookFiles:
    """The contents of a handbook's folder when it was read.

    - `contents`: the bytes of each file by name, such as `words/fr.toml`. A file that could not be
      read has a message instead of its bytes. If there is no folder, `contents` is None.
    - `written`: the modification time of each file by name, in nanoseconds.
    - `others`: the names of other files in the folder.
    """

    folder: Path
    contents: Mapping[str, bytes | str] | None
    written: Mapping[str, int] = field(default_factory=dict[str, int])
    others: tuple[str, ...] = ()


def load_handbook(folder: Path) -> Handbook:
    """Return the handbook in a folder.

    Raises:
        HandbookError: lists every fault in every file.
    """
    handbook, faults = check_files(read_files(folder))
    if handbook is None:
        raise HandbookError(faults)
    return handbook


def load_zone(folder: Path) -> ZoneInfo:
    """Return the time zone of a handbook's library, or the default zone if none can be read."""
    content = _tables(read_files(folder), LIBRARY_FILE)
    name = None if isinstance(content, Fault) else content.get("zone")
    return (zone_named(name) if isinstance(name, str) else None) or USUAL_ZONE


def load_library(folder: Path) -> LibrarySettings:
    """Return the settings of a handbook's library, or the defaults if they cannot be read."""
    settings, faults = _read_library(read_files(folder))
    return LibrarySettings() if faults else settings


def load_system_name(folder: Path) -> str:
    """Return the name of the library system, even if the handbook has faults elsewhere.

    For a handbook that predates `library.toml`, the system is Alma.

    Raises:
        HandbookError: `library.toml` cannot be read, or does not name the system.
    """
    files = read_files(folder)
    settings, faults = _read_library(files)
    refused = tuple(fault for fault in faults if fault.key in {"", "system"})
    if refused and LIBRARY_FILE in (files.contents or ()):
        raise HandbookError(refused)
    return settings.system


def _read_library(files: HandbookFiles) -> tuple[LibrarySettings, tuple[Fault, ...]]:
    # Throughout this module, imports that need pydantic are inside functions: importing pydantic
    # takes as long as importing everything else that most commands need.
    from procedure.handbook.page import Page  # noqa: PLC0415
    from procedure.handbook.reader import read_library  # noqa: PLC0415

    content = _tables(files, LIBRARY_FILE)
    if isinstance(content, Fault):
        return LibrarySettings(), (content,)
    page = Page(LIBRARY_FILE, content)
    return read_library(page), tuple(page.faults)


def read_files(folder: Path) -> HandbookFiles:
    if not folder.is_dir():
        return HandbookFiles(folder, None)
    contents: dict[str, bytes | str] = {}
    written: dict[str, int] = {}
    for path in (*folder.glob("*.toml"), *folder.glob("words/*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            with path.open("rb") as file:
                written[name] = fstat(file.fileno()).st_mtime_ns
                contents[name] = file.read()
        except FileNotFoundError:  # it was removed after it was listed
            continue
        except OSError as fault:
            contents[name] = str(fault.strerror)
    others = (path.relative_to(folder).as_posix() for path in folder.glob("*") if path.is_file())
    return HandbookFiles(folder, contents, written, tuple(sorted({*others} - contents.keys())))


def check_files(files: HandbookFiles) -> tuple[Handbook | None, tuple[Fault, ...]]:
    """Return the handbook and its sorted faults; if there are faults, the handbook is None."""
    if files.contents is None:
        missing = "no such folder; give the folder that contains steps.toml"
        return None, (Fault(str(files.folder), "", missing),)
    tables: dict[str, dict[str, object] | None] = {}
    # Report misspelt names of optional files: nobody would notice that such a file is missing.
    names = (*_names(files, ""), *files.others)
    unreadable = list(misnamed_files(names, OPTIONAL))
    beside = [file for file in OPTIONAL if file in files.contents]
    words = [words_file(language) for language in _languages(files)]
    for file in (*FILES, *beside, *words):
        content = _tables(files, file)
        tables[file] = None if isinstance(content, Fault) else content
        unreadable += [content] if isinstance(content, Fault) else []
    from procedure.handbook.reader import read_handbook  # noqa: PLC0415

    handbook, faults = read_handbook(tables)
    located = (*unreadable, *_with_lines(files, faults))
    return (None if unreadable else handbook), tuple(
        sorted(located, key=attrgetter("file", "line", "key", "message"))
    )


def find_ambiguities(files: HandbookFiles, handbook: Handbook) -> tuple[Fault, ...]:
    """Return the sorted ambiguities in a handbook that has no faults."""
    names = (*_names(files, ""), *files.others)
    return tuple(sorted(_with_lines(files, ambiguities(handbook, names))))


def _with_lines(files: HandbookFiles, found: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the faults with their line numbers, except in files that could not be read."""
    faults = tuple(found)
    lines = {
        file: lines_of_keys(content.decode("utf-8-sig"))
        for file in {fault.file for fault in faults}
        if isinstance(content := (files.contents or {}).get(file), bytes)
    }
    for fault in faults:
        known = fault.key and fault.file in lines
        yield replace(fault, line=line_of(lines[fault.file], fault.key)) if known else fault


def upgrade_files(files: HandbookFiles) -> dict[str, str]:
    """Apply the fixes for an older handbook, and return the new text of each changed file.

    The old content of each changed file is kept as `NAME.bak`. Faults without a fix are left alone.

    Raises:
        OSError: a file cannot be written; the files before it have already been changed.
    """
    _, faults = check_files(files)
    texts = {
        name: content.decode("utf-8-sig")
        for name, content in (files.contents or {}).items()
        if isinstance(content, bytes)
    }
    changed = upgraded(texts, faults)
    for name, text in changed.items():
        path = files.folder / name
        if name in texts:
            write_atomically(path.with_name(f"{path.name}.bak"), texts[name].encode())
        write_atomically(path, text.encode())
    return changed


def write_skeleton(folder: Path) -> None:
    """Create a folder with a handbook to fill in and the JSON schemas that editors use.

    Raises:
        FileExistsError: the folder is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(ENOTEMPTY, "Directory not empty", str(folder))
    shutil.copytree(SKELETON, folder, dirs_exist_ok=True)
    (folder / ".schema").mkdir()
    from procedure.handbook.json_schema import schemas  # noqa: PLC0415

    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        (folder / ".schema" / f"{name}.json").write_text(f"{text}\n", "utf-8")


def _languages(files: HandbookFiles) -> tuple[str, ...]:
    """Return the handbook's languages.

    If the list in `library.toml` is missing or invalid, return the languages of the word files.
    """
    settings, faults = _read_library(files)
    if any(fault.key.split("[")[0] in {"", "languages"} for fault in faults):
        return tuple(sorted(PurePath(name).stem for name in _names(files, "words/")))
    return settings.languages


def _names(files: HandbookFiles, folder: str) -> list[str]:
    """Return the names of the files in the handbook's folder, or in `words/` below it."""
    depth = folder.count("/")
    names = sorted(files.contents or ())
    return [name for name in names if name.startswith(folder) and name.count("/") == depth]


def _tables(files: HandbookFiles, file: str) -> dict[str, object] | Fault:
    """Return the tables in a file, or the fault that makes it unreadable."""
    content = (files.contents or {}).get(file)
    if content is None:
        fix = EARLIER if file == LIBRARY_FILE else None
        return Fault(file, "", f"file missing{_missing_hint(files, file)}", fix=fix)
    if isinstance(content, str):
        return Fault(file, "", f"cannot be read: {content}")
    try:
        # Editors on Windows may write a byte order mark before the first line.
        return _parse(file, content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        return Fault(file, "", "is not UTF-8 text; save the file as UTF-8", line)


def _parse(file: str, content: str) -> dict[str, object] | Fault:
    try:
        return tomllib.loads(content)
    except TOMLDecodeError as fault:
        return _unreadable(file, content, str(fault))


def _missing_hint(files: HandbookFiles, file: str) -> str:
    if file == "library.toml":
        return f"; create it with {', '.join(EARLIER.splitlines())}"
    if file.startswith("words/"):
        code = PurePath(file).stem
        return f'; create it, or remove "{code}" from the languages in library.toml'
    there = [*_names(files, ""), *files.others]
    guess = closest(file, [name for name in there if name not in {*FILES, *OPTIONAL}])
    return (
        f'; if "{guess}" is meant to be this file, rename it'
        if guess
        else "; every handbook needs one"
    )


def _unreadable(file: str, content: str, message: str) -> Fault:
    """Return the fault in a file that is not valid TOML, with its line number."""
    place = _PLACE.search(message)
    lines = content.splitlines()
    number = int(place[1]) if place and place[1] else max(len(lines), 1)
    line = lines[number - 1] if number <= len(lines) else ""
    if _DUPLICATE.search(message):
        return Fault(file, "", "a key or table is repeated here; keep one of the two", number)
    foreign = _foreign_key(line)
    if foreign is not None:
        return Fault(file, "", foreign, number)
    reason = _PLACE.sub("", message)
    return Fault(file, "", f"is not TOML: {_PLAIN.get(reason, reason)}", number)


def _foreign_key(line: str) -> str | None:
    bare = re.split(r"[=\"'#]", line)[0].strip()
    foreign = next((sign for sign in bare if not sign.isascii()), None)
    if foreign is None:
        return None
    return f"a key contains {describe_character(foreign)}; {typing_hint(bare)}"
