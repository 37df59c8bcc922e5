"""Warnings about entries in a handbook that are valid but probably mistakes."""

from collections.abc import Iterable, Iterator

from procedure.errors import Fault
from procedure.handbook.model import FILES, OPTIONAL, Handbook, words_file
from procedure.handbook.spelling import closest

# Files from earlier versions that are no longer read.
REMOVED = {
    "neighbours.toml": "Relais no longer shows the boards of other libraries; open their own pages",
}
_UNRELATED = ("~", ".bak", ".orig", ".old", ".swp", ".tmp", ".md", ".txt", ".py", ".pyi")


def ambiguities(handbook: Handbook, files: Iterable[str]) -> Iterator[Fault]:
    """Yield warnings about duplicate desk names and shortcut keys, old tables and unknown files.

    A handbook with such warnings can still be used. `files` are the file names in its folder.
    """
    yield from _desks_with_one_name(handbook)
    yield from _answers_with_one_letter(handbook)
    yield from _services(handbook)
    yield from _strange_files(files)


def _services(handbook: Handbook) -> Iterator[Fault]:
    for language, words in handbook.words.items():
        if words.services:
            message = "the public page no longer shows services; send patrons a message instead"
            keep = "keep the table only if you have dossiers from versions before 1.0.0"
            yield Fault(words_file(language), "services", f"{message}; {keep}; otherwise delete it")


def _desks_with_one_name(handbook: Handbook) -> Iterator[Fault]:
    codes = dict[str, str]()
    for code, desk in handbook.desks.items():
        first = codes.setdefault(desk.name.casefold(), code)
        if first != code:
            message = f'"{desk.name}" is also the name of [{first}]; give each desk its own'
            yield Fault("desks.toml", f"{code}.name", message)


def _answers_with_one_letter(handbook: Handbook) -> Iterator[Fault]:
    """Yield a warning for each answer whose shortcut key, its first letter, is already taken."""
    for language, words in handbook.words.items():
        for key, step in handbook.procedure.steps.items():
            first = dict[str, str]()
            for answer in step.answers:
                label = (words.steps[key].answers or {})[answer.key].label
                other = first.setdefault(label[:1].casefold(), label)
                if other != label:
                    place = f"steps.{key}.answers.{answer.key}.label"
                    message = f'shares its first letter, and so its shortcut key, with "{other}"'
                    yield Fault(
                        words_file(language), place, f"{message}; choose another first letter"
                    )


def misnamed_files(files: Iterable[str], meant: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each file whose name is probably a misspelling of a name in `meant`."""
    by_stem = {name.partition(".")[0]: name for name in meant}
    for name in files:
        close = closest(name.partition(".")[0], by_stem, cutoff=0.75)
        if close and name not in (*FILES, *OPTIONAL) and not name.endswith(_UNRELATED):
            yield Fault(name, "", f'is not a handbook file; did you mean "{by_stem[close]}"?')


def _strange_files(files: Iterable[str]) -> Iterator[Fault]:
    names = set(files) - {*FILES, *OPTIONAL}
    misnamed = tuple(misnamed_files(sorted(names), FILES))
    yield from misnamed
    for name in names - {fault.file for fault in misnamed}:
        if name.endswith(".toml"):
            why = REMOVED.get(name, "is not a handbook file")
            yield Fault(name, "", f"{why}; remove the file from the folder")
