"""Characters that an output cannot encode are replaced; `test_entry_point` runs real commands."""

import errno
import io
import json
import sys

import pytest

from dashboard.cli.streams import accept_any_text, is_output_fault


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("utf-8", "d’état\u202f?", "d’état\u202f?"),
        ("cp1252", "d’état\u202f? → “oui”…", "d’état ? -> “oui”…"),
        ("latin-1", "d’état\u202f? → “oui”…", "d'état ? -> 'oui'..."),
        ("ascii", "état", r"\u00e9tat"),
    ],
)
def test_accept_any_text_replaces_unencodable_characters(
    monkeypatch: pytest.MonkeyPatch, encoding: str, text: str, shown: str
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    accept_any_text()
    out.write(text)
    out.flush()
    assert out.buffer.getvalue().decode(encoding) == shown  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ωmega \U0001f600 \udcff", "Ωmega \U0001f600 \udcff"),
        ("“d’accord”\u202f…", "'d'accord' ..."),
    ],
)
def test_accept_any_text_keeps_json_well_formed(
    text: str, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", out)
    accept_any_text()
    out.write(json.dumps(text, ensure_ascii=False))
    out.flush()
    assert json.loads(out.buffer.getvalue().decode("latin-1")) == read  # type: ignore[attr-defined]


def test_is_output_fault_ignores_errors_of_other_files() -> None:
    assert is_output_fault(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_output_fault(OSError(errno.ENOSPC, "No space left on device", "a.csv"))
    assert not is_output_fault(OSError(errno.ENOENT, "No such file or directory"))
