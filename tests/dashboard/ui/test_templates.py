"""The templates have short lines, and are compiled once."""

from pathlib import Path

from jinja2 import DictLoader, Environment

from dashboard.ui.templating import FOLDER, CompiledTemplates

LONGEST = 200  # characters in a line


def test_template_lines_are_short() -> None:
    long = [
        f"{path.relative_to(FOLDER)}:{number}"
        for path in sorted(FOLDER.glob("*/templates/*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []


def environment(folder: Path, text: str) -> Environment:
    return Environment(
        loader=DictLoader({"count.html": text}),
        bytecode_cache=CompiledTemplates(str(folder)),
        autoescape=True,
    )


def test_compiled_template_is_kept_until_its_text_changes(tmp_path: Path) -> None:
    texts = ["{{ count }} loans", "{{ count }} loans", "{{ count }} returns"]
    shown, kept = [], []
    for text in texts:
        shown.append(environment(tmp_path, text).get_template("count.html").render(count=3))
        kept.append([path.stat().st_ino for path in tmp_path.iterdir()])
    assert shown == ["3 loans", "3 loans", "3 returns"]
    assert kept[0] == kept[1] != kept[2]
    assert [len(files) for files in kept] == [1, 1, 1]


def test_template_is_rendered_without_a_writable_cache(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    text = environment(absent, "{{ count }} loans").get_template("count.html").render(count=3)
    assert (text, absent.exists()) == ("3 loans", False)
