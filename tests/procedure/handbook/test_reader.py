"""Reading a handbook's files returns a handbook or faults, and never raises a Python error."""

import copy
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st

from procedure.circulation.scan_rules import ScanRules
from procedure.handbook.library import LibrarySettings
from procedure.handbook.model import MessageWords, PublicWords
from procedure.handbook.reader import read_handbook
from procedure.local_time import USUAL_ZONE

SMALL = Path(__file__).resolve().parents[2] / "handbooks" / "good-small"
GOOD = {
    path.relative_to(SMALL).as_posix(): tomllib.loads(path.read_text("utf-8"))
    for path in sorted(SMALL.rglob("*.toml"))
}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def places(table: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of every entry in a table and its inner tables."""
    places_found: list[tuple[str, ...]] = []
    for key, value in table.items():
        places_found.append((*above, key))
        places_found += places(value, (*above, key)) if isinstance(value, dict) else []
    return places_found


PLACES = places(GOOD)


def test_read_handbook_reads_good_tables() -> None:
    handbook, faults = read_handbook(GOOD)
    assert faults == ()
    assert handbook is not None


def test_read_handbook_reports_no_missing_entries_of_an_unreadable_file() -> None:
    for file in GOOD:
        assert read_handbook({**GOOD, file: None}) == (None, ())


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=3))
def test_read_handbook_reports_faults_for_any_value(
    changes: list[tuple[tuple[str, ...], Any]],
) -> None:
    tables: Any = copy.deepcopy(GOOD)
    for place, value in changes:
        table = tables
        for key in place[:-1]:
            table = table.get(key, {}) if isinstance(table, dict) else {}
        if isinstance(table, dict):
            table[place[-1]] = value
    handbook, faults = read_handbook(
        {file: table if isinstance(table, dict) else None for file, table in tables.items()}
    )
    assert handbook is None or faults == ()


@settings(deadline=None)
@given(st.sampled_from([place for place in PLACES if len(place) > 1]))
def test_read_handbook_reports_faults_for_any_omission(place: tuple[str, ...]) -> None:
    tables = copy.deepcopy(GOOD)
    table: Any = tables
    for key in place[:-1]:
        table = table[key]
    del table[place[-1]]
    handbook, faults = read_handbook(tables)
    assert (handbook is None) == bool(faults)


def test_read_handbook_without_scans_and_second_language() -> None:
    tables = {name: table for name, table in GOOD.items() if name not in _OPTIONAL}
    tables["library.toml"] = {**GOOD["library.toml"], "languages": ["fr"], "holidays": ""}
    handbook, faults = read_handbook(tables)
    assert faults == ()
    assert handbook is not None
    assert handbook.scans == ScanRules()
    assert handbook.words["de"] == handbook.words["fr"]
    assert handbook.library == LibrarySettings("Alma", USUAL_ZONE, "", ("fr",))


def with_words(**tables: Any) -> dict[str, Any]:
    """Return the good tables, with these tables added to the words of each language."""
    return GOOD | {
        name: {**table, **tables} for name, table in GOOD.items() if name.startswith("words/")
    }


def test_read_handbook_reads_words_for_patrons_and_workstations() -> None:
    public = {"system": {"title": "The catalogue is down"}, "slow": {"end": "Well again."}}
    message = {"network": {"begin": "Lend offline."}}
    services = {"account": "Your account"}
    handbook, faults = read_handbook(with_words(public=public, message=message, services=services))
    assert faults == ()
    assert handbook is not None
    words = handbook.words["en"]
    assert words.public["system"] == PublicWords(title="The catalogue is down")
    assert words.public["slow"] == PublicWords(end="Well again.")
    assert words.message["network"] == MessageWords(begin="Lend offline.")
    assert words.services == services


def test_read_handbook_reports_wrong_words_for_patrons() -> None:
    wrong = {"sytem": {"title": "x"}, "slow": {"titel": "x", "end": ""}}
    _, faults = read_handbook(with_words(public=wrong))
    found = {(fault.key, fault.message) for fault in faults if fault.file == "words/en.toml"}
    assert found == {
        ("public.sytem", '"sytem" is not known here; did you mean "system"?'),
        ("public.slow.titel", 'unknown key; did you mean "title"?'),
        ("public.slow.end", "is empty; give a value or remove the key"),
    }


_OPTIONAL = ("scans.toml", "words/en.toml")
