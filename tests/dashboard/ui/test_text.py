"""What a browser sends, as the page takes it."""

from collections.abc import Mapping

import pytest

from dashboard.ui.file_drop import Dropped, FileDrop
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.text import well_formed


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ("Prêtez 📚 ici", "Prêtez 📚 ici"),
        ("\ud83d\udcda", "📚"),
        ("a\ud83d", "a\ufffd"),
        ("\udcdab\ud83d", "\ufffdb\ufffd"),
        ("", ""),
    ],
)
def test_well_formed_replaces_half_a_character(sent: str, taken: str) -> None:
    assert well_formed(sent) == taken
    acts: list[tuple[str, str]] = []
    forms: list[tuple[str, Mapping[str, str]]] = []
    files: list[Dropped] = []
    pane = LiveHTML("", lambda *act: acts.append(act), lambda *form: forms.append(form))
    pane.receive({"act": "say", "value": sent})
    pane.receive({"act": "say", "value": "", "fields": {"text": sent}})
    FileDrop(files.extend)._handle_msg({"files": [{"name": sent, "content": "YWJj"}]})
    assert (acts, forms) == ([("say", taken)], [("say", {"text": taken})])
    assert files == [(taken, b"abc")]
