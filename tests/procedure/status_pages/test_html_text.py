"""Any HTML becomes plain text of limited length."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from procedure.status_pages.html_text import TextLine, cut, lines, plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Alma is <b>slow</b></p><p>We look.</p>", "Alma is slow We look."),
        ("Caf&eacute; &amp; biblioth&#232;que", "Café & bibliothèque"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("a<script>alert(1)</script>b", "ab"),
        ("a<STYLE type='x'>p {}</STYLE>b", "ab"),
        ("a<!-- <b>hidden</b> -->b", "a b"),
        ("a<!-- never closed", "a"),
        ("<![CDATA[x]]>a <!DOCTYPE html> 1 < 2", "a 1 < 2"),
        ("a\u202eb\u0000c\ud800d&#xD800;&#0;", "a b c d\ufffd\ufffd"),
        ("a\u00a0\n\tb", "a b"),
        ("<a href='x", "<a href='x"),
    ],
)
def test_plain_text_drops_tags_and_decodes_entities(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_lines_join_table_cells_and_mark_header_rows() -> None:
    table = (
        "<h2>Now</h2><table><tr><th>Service</th><th>State</th></tr>"
        "<tr><th><p>Alma</p></th><td><p>slow</p></td></tr></table>a<br/>b"
    )
    assert lines(table) == [
        TextLine("Now", heading=True),
        TextLine("Service State", heading=True),
        TextLine("Alma slow"),
        TextLine("a"),
        TextLine("b"),
    ]


def test_cut_ends_with_an_ellipsis() -> None:
    assert (cut("abcd", 4), cut("abcde", 4)) == ("abcd", "abc…")
    assert plain_text("x" * 10_000) == "x" * 299 + "…"


@given(st.text(alphabet=st.one_of(st.sampled_from("<>/!-&;scriptb \n"), st.characters())))
def test_plain_text_is_one_clean_bounded_line(markup: str) -> None:
    text = plain_text(markup, 40)
    assert len(text) <= 40
    assert not any(unicodedata.category(character)[0] == "C" for character in text)
    assert text == " ".join(text.split())


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "<script>", "</", "<tr>", "&", "<!"])
def test_lines_of_a_hostile_page_take_linear_time(piece: str) -> None:
    """A quadratic pass over hundreds of thousands of characters would outlast the test run."""
    assert len(lines(piece * 100_000)) <= 400_000
