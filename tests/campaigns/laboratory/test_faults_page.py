"""The page about faults says what the laboratory shows."""

from tests.campaigns.laboratory.faults_page import PAGE, page


def test_faults_page_equals_the_table() -> None:
    assert PAGE.read_text("utf-8") == page()
