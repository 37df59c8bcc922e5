"""Alma's report in three languages: messages are matched to rows, and counts must add up."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from procedure.circulation.transactions import Loan
from procedure.reconciliation.job_report import (
    JobReport,
    MatchedReport,
    ReportMessage,
    match_report,
    read_job_report,
)

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def loan(number: int, item: str, patron: str) -> Loan:
    return Loan(id=UUID(int=number), at=AT, desk="MAIL", patron=patron, item=item)


LOANS = (loan(1, "a", "x"), loan(2, "b", "x"), loan(3, "c", "y"), loan(4, "a", "y"))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Item not found. Barcode: 1111111111", ReportMessage("item_not_found", "1111111111")),
        ("User not found. Barcode: SLSP-1", ReportMessage("user_not_found", "SLSP-1")),
        (
            "Return item failed, item was not on loan. Barcode: 3",
            ReportMessage("not_on_loan", "3"),
        ),
        ("A later action on this item happened. Barcode: 4", ReportMessage("later_action", "4")),
        ("  12 | ITEM NOT FOUND. barcode:  5 | x", ReportMessage("item_not_found", "5")),
        ("A later action on this item happened", ReportMessage("later_action")),
        ("Exemplaire introuvable. Code-barres : 6", ReportMessage("item_not_found", "6")),
        ("Utilisateur introuvable. Code barre: 7", ReportMessage("user_not_found", "7")),
        (
            "Échec du retour, l’exemplaire n’était pas prêté. Code-barres : 8",
            ReportMessage("not_on_loan", "8"),
        ),
        ("Exemplar nicht gefunden. Strichcode: 9", ReportMessage("item_not_found", "9")),
        ("Benutzer nicht gefunden. Strichcode: 9", ReportMessage("user_not_found", "9")),
    ],
)
def test_read_job_report_messages_in_three_languages(line: str, complaint: ReportMessage) -> None:
    assert read_job_report(line).complaints == (complaint,)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Succeeded: 12\nFailed: 3", (12, 3)),
        ("Number of entities finished: 12\nNumber of entities failed: 3", (12, 3)),
        ("Records processed: 15", (None, None)),
        ("Réussites : 12\nÉchecs : 3", (12, 3)),
        ("Erfolgreich: 12\nFehlgeschlagen: 3", (12, 3)),
        ("Successful 12\nUnsuccessful 3", (12, 3)),
    ],
)
def test_read_job_report_counts_in_three_languages(
    text: str, counts: tuple[int | None, int | None]
) -> None:
    report = read_job_report(text)
    assert (report.succeeded, report.failed) == counts


def test_match_report_finds_the_rows_and_the_counts_add_up() -> None:
    report = read_job_report(
        "Succeeded: 1\nFailed: 3\n\nUser not found. Barcode: x\nUser not found. Barcode: x\n"
        "Item not found. Barcode: a\n"
    )
    assert match_report(report, LOANS) == MatchedReport(
        (
            (UUID(int=1), "user_not_found"),
            (UUID(int=2), "user_not_found"),
            (UUID(int=4), "item_not_found"),
        ),
        0,
        (),
    )


def test_match_report_marks_all_rows_of_a_refused_patron() -> None:
    placed = match_report(
        read_job_report("Succeeded: 3\nFailed: 1\nUser not found. Barcode: x"), LOANS
    )
    assert [message for _, message in placed.refused] == ["user_not_found"] * 2


@pytest.mark.parametrize(
    ("report", "sentences"),
    [
        (JobReport(()), ["The report gives no counts: copy its first lines too."]),
        (
            JobReport((), 3, 0),
            ["The report counts 3 rows, but the file has 4: is it the report for another file?"],
        ),
        (
            JobReport((ReportMessage("item_not_found", "a"),), 2, 2),
            ["The report counts 2 failures, but lists 1: copy all of them."],
        ),
        (
            JobReport((ReportMessage("item_not_found", "z"),), 3, 1),
            ["1 message matches no row in the file: is it the report for another file?"],
        ),
        (
            JobReport((), 3, 1, strange=1),
            ["1 message is unknown: verify the loans to find the rows concerned."],
        ),
    ],
)
def test_match_report_names_counts_that_do_not_add_up(
    report: JobReport, sentences: list[str]
) -> None:
    assert list(match_report(report, LOANS).missing) == sentences


def test_read_job_report_finds_unknown_messages_by_barcode() -> None:
    report = read_job_report("Failed: 1\nSomething new befell it. Barcode: a")
    assert (report.complaints, report.strange, report.failed) == ((), 1, 1)
