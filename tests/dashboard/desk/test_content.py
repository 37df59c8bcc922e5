"""The content that the desk page gets from a handbook."""

from pathlib import Path

from dashboard.cli.run_drill import LIBRARIES
from dashboard.desk.content import desk_content
from dashboard.translations.languages import translate_made_up
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from tests.support.handbooks import changed


def test_shapes_and_a_second_language_are_optional(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "least",
        ("scans.toml",),
        ("words/en.toml",),
        ("library.toml", '["fr", "en"]', '["fr"]'),
    )
    content = desk_content(load_handbook(folder), "1")
    assert (content["rules"]["forms"], content["rules"]["days"]) == ([], 28)
    # Relais's own sentences exist in each language, but this handbook's texts are in French only.
    assert [
        "Le catalogue répond-il" in language["page"] for language in content["languages"].values()
    ] == [True] * len(content["languages"])
    assert next(iter(content["languages"])) == "fr"


def test_content_translates_made_up_texts_of_a_demonstration(handbook: Handbook) -> None:
    assert desk_content(handbook, "1")["languages"]["de"]["made_up"] == {}
    translate_made_up(["Alma ne répond plus"])
    try:
        languages = desk_content(handbook, "1")["languages"]
    finally:
        translate_made_up(())
    shown = [languages[code]["made_up"]["Alma ne répond plus"] for code in ("fr", "en", "de")]
    assert shown == ["Alma ne répond plus", "Alma does not answer", "Alma antwortet nicht mehr"]


def test_page_asks_about_vdi_if_the_handbook_does(handbook: Handbook) -> None:
    hidden = '<div hidden><label class="tick-line"><input type="checkbox" data-part="vdi">'
    koha = load_handbook(LIBRARIES / "koha-example")
    assert hidden in desk_content(koha, "1")["languages"]["en"]["page"]
    assert hidden not in desk_content(handbook, "1")["languages"]["en"]["page"]
