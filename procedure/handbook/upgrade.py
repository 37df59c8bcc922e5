"""Upgrades an earlier handbook by applying the fixes for its faults."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from procedure.errors import Fault
from procedure.handbook.locate import lines_of_keys


def upgraded(texts: Mapping[str, str], faults: Iterable[Fault]) -> dict[str, str]:
    """Return the new content of each file that is changed, by file name.

    A fix replaces the line of its key (an empty fix deletes it). If the key is missing, the fix is
    inserted below the header of its table, or at the top of the file for a key outside any table.
    If the table has no header of its own, the fault is left for a person to correct. The fix for a
    missing file is the file's whole content.
    """
    fixes = defaultdict[str, dict[str, str]](dict)
    for fault in faults:
        if fault.fix is not None:
            fixes[fault.file][fault.key] = fault.fix
    fixed = {
        file: _fixed(texts[file], keys) if file in texts else keys[""]
        for file, keys in fixes.items()
    }
    return {file: text for file, text in fixed.items() if text != texts.get(file)}


def _fixed(text: str, fixes: Mapping[str, str]) -> str:
    places, lines = lines_of_keys(text), text.splitlines(keepends=True)
    for key, fix in fixes.items():
        line = f"{fix}\n" if fix else ""
        section = key.rpartition(".")[0]
        if key in places:
            lines[places[key] - 1] = line
        elif not section:
            lines[:1] = [line + "".join(lines[:1])]
        elif section in places and lines[places[section] - 1].lstrip().startswith("["):
            header = lines[places[section] - 1].rstrip()
            lines[places[section] - 1] = f"{header}\n{line}"
    return "".join(lines)
