"""The code uses the words in vocabulary.toml."""

from functools import cache

import pytest

from tests.vocabulary import (
    ROOT,
    Rule,
    Source,
    gone,
    read_javascript,
    read_python,
    rules,
    sources,
    table,
    wrong_names,
    wrong_sentences,
)

PLANTED = '''
class VerdictRow:
    """A planned window of a page."""

    def find(self, old_verdict: str) -> str:
        self.verdict = old_verdict  # a maintenance window
        return self.verdict
'''
SCRIPT = "// a maintenance window\nconst verdictOf = (row) => row\n  drawVerdict(row) {\n"
RULE = Rule("status", "", ["verdict"], ["planned window", "maintenance window"])


@cache
def read() -> tuple[Source, ...]:
    return tuple(sources())


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.word)
def test_identifiers_use_our_words(rule: Rule) -> None:
    found = [str(name) for source in read() for name in wrong_names(source, rule)]
    assert len(found) <= rule.left, "\n".join(found)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.word)
def test_sentences_use_our_words(rule: Rule) -> None:
    assert [str(line) for source in read() for line in wrong_sentences(source, rule)] == []


def test_removed_names_stay_removed() -> None:
    old = gone().keys()
    assert [str(name) for source in read() for name in source.names if name.text in old] == []


def test_table_in_contributing_equals_the_rules() -> None:
    assert table() in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_planted_words_of_python_are_found() -> None:
    source = read_python("a/verdict.py", PLANTED)
    assert [str(name) for name in wrong_names(source, RULE)] == [
        "a/verdict.py:1: verdict",
        "a/verdict.py:2: VerdictRow",
        "a/verdict.py:5: old_verdict",
        "a/verdict.py:6: verdict",
    ]
    assert [line.place for line in wrong_sentences(source, RULE)] == [
        "a/verdict.py:3",
        "a/verdict.py:6",
    ]


def test_planted_words_of_javascript_are_found() -> None:
    source = read_javascript("a/b.js", SCRIPT)
    assert [str(name) for name in wrong_names(source, RULE)] == [
        "a/b.js:2: verdictOf",
        "a/b.js:3: drawVerdict",
    ]
    assert [line.place for line in wrong_sentences(source, RULE)] == ["a/b.js:1"]
