"""A component's name matches in any spelling; another component's name never does."""

import pytest

from procedure.status_pages.feed import ComponentFilter


@pytest.mark.parametrize(
    "text",
    ["EU03", "HEP EU03", "Alma EU03 - Production", "eu03", "Alma (EU-03)", "EU 03", "Alma_EU03"],
)
def test_matches_our_component_in_any_spelling(text: str) -> None:
    assert ComponentFilter(("EU03",)).matches(text)


@pytest.mark.parametrize(
    "text",
    ["EU031", "EU3", "REU03", "EU030", "Alma EU02 - Production", "Europe", "", "0EU03", "EU03b"],
)
def test_matches_no_other_component(text: str) -> None:
    assert not ComponentFilter(("EU03",)).matches(text)


@pytest.mark.parametrize("text", ["Alma EU03 - Sandbox", "SANDBOX EU03", "EU03 PSB"])
def test_matches_no_sandbox_for_a_production_component(text: str) -> None:
    assert not ComponentFilter(("EU03",)).matches(text)
    assert not ComponentFilter(("*",)).matches(text)


def test_matches_a_sandbox_if_asked_for() -> None:
    assert ComponentFilter(("EU03 Sandbox",)).matches("Alma EU03 - Sandbox")
    assert not ComponentFilter(("EU03 Sandbox",)).matches("Alma EU03 - Production")
    assert ComponentFilter(("EU03",)).matches("EU03, production and sandbox environments")


def test_matches_every_word_of_a_name_in_any_order() -> None:
    ours = ComponentFilter(("Alma EU03",))
    assert ours.matches("EU03 (Alma, Production)")
    assert not ours.matches("Primo EU03")


def test_matching_name_is_the_first_of_several() -> None:
    ours = ComponentFilter(("EU03", "swisscovery"))
    assert ours.matching_name("swisscovery is slow") == "swisscovery"
    assert ours.matching_name("Rapido is slow") == ""


def test_matches_a_name_of_symbols_exactly() -> None:
    assert ComponentFilter(("++",)).matches("a ++ b")
    assert not ComponentFilter(("++",)).matches("a + b")
    assert not ComponentFilter(()).matches("anything")
