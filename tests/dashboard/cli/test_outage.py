"""`relais outage` records the same entries as the page does, with the person's name."""

import pytest

from procedure.io.database.database import open_database
from procedure.local_time import local
from tests.support.cli import Run, json_lines, run_relais
from tests.support.clock import NOON, Clock

BY = ("--by", " A. Favre ")


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Run:
    monkeypatch.setenv("RELAIS_DATABASE_URL", database_url)
    monkeypatch.setattr("dashboard.cli.outage.utc_now", clock)
    open_database(database_url, now=clock).close()
    return lambda *words: run_relais("outage", *words)


def test_outage_from_a_shell_to_its_end(run: Run, clock: Clock) -> None:
    assert run("status").output == "No outage is declared.\n"
    assert run("status", "--json").output == "null\n"
    declared = run(
        "declare",
        "Alma EU03",
        "--begun",
        "11:48",
        "--message",
        "Prêtez en secours.",
        "--next-news",
        "12:40",
        *BY,
    )
    outage = declared.output.removeprefix("The outage is declared: ").strip(".\n")
    assert run("status").output.splitlines() == [
        f"Alma EU03 ({outage[:8]}), since 2026-11-24 11:48",
        "declared 2026-11-24 12:00 by A. Favre",
        "desks are lending",
        "message 2026-11-24 12:00: Prêtez en secours.",
        "next update due 2026-11-24 12:40",
    ]
    clock.pass_by(minutes=50)
    assert run("status").output.endswith("next update due 2026-11-24 12:40, overdue\n")
    assert run("message", "Encore.", *BY).exit_code == 0
    assert run("message", "--no-lend", *BY).exit_code == 0
    (now,) = json_lines(run("status", "--json"))
    assert (now["message"], now["lending"], now["next_news"]) == ("Encore.", False, None)
    assert run("note", "--contact", "cad", *BY).exit_code == 0
    assert run("end", "--at", f"{local(NOON):%H:%M}", *BY).exit_code == 0
    assert run("status").output == "No outage is declared.\n"
    audit = json_lines(run_relais("audit", "--json", "--by", "A. Favre"))
    assert [(act["act"], act["about"], act["workstation"]) for act in audit] == [
        ("outage_declared", outage, None),
        *[("outage_news", outage, None)] * 3,
        ("outage_noted", outage, None),
        ("outage_ended", outage, None),
    ]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("declare", "Alma"), 2, "Missing option '--by'"),
        (("declare", "Alma", "--by", " "), 1, "Say who is doing this"),
        (("declare", "Alma", "--begun", "soon", *BY), 1, "Enter the time as 09:12"),
        (("message", "Encore.", *BY), 1, "No outage is declared: declare one first."),
        (
            ("note", "--contact", "mairie", *BY),
            2,
            "mairie is not a contact in the handbook; its contacts are: ",
        ),
        (("end", *BY), 1, "No outage is declared: declare one first."),
    ],
)
def test_refused_command_says_what_to_do(
    run: Run, words: tuple[str, ...], code: int, why: str
) -> None:
    refused = run(*words)
    said = refused.output + str(refused.exception)
    assert (refused.exit_code, why in said) == (code, True), said


def test_review_from_a_shell_keeps_fields_not_given(run: Run) -> None:
    outage = run("declare", "Alma EU03", *BY).output.split()[-1].strip(".")
    both = ("--happened", "Two links.\nCard 2060000017.", "--noticed", "11:48")
    assert run("review", *both, *BY).output == "The review was added to the dossier.\n"
    run("end", *BY)
    run("declare", "Réseau", *BY)
    assert run("review", "--change", "Call.", "--outage", outage[:13], *BY).exit_code == 0
    assert "Nothing was changed" in str(run("review", *BY).exception)
    written = run_relais("dossier", outage).output
    assert [text in written for text in ("Two links.", "2060000017", "11:48", "Call.")] == [
        True,
        False,
        True,
        True,
    ]


def test_mistaken_declaration_is_withdrawn(run: Run) -> None:
    outage = run("declare", "Alma", *BY).output.removeprefix("The outage is declared: ")[:36]
    assert run("withdraw", *BY).exit_code == 2
    said = run("withdraw", "--reason", "one workstation", *BY)
    assert said.output == (
        "The declaration was withdrawn, along with C1, the message and the publication.\n"
    )
    assert run("status").output == "No outage is declared.\n"
    assert "No outage is declared" in str(run("withdraw", "--reason", "again", *BY).exception)
    audit = json_lines(run_relais("audit", "--json", "--by", "A. Favre"))
    assert [(act["act"], act["about"]) for act in audit] == [
        ("outage_declared", outage),
        ("outage_withdrawn", outage),
    ]


def test_overlap_and_early_end_are_named_before_they_are_recorded(run: Run) -> None:
    assert run("declare", "First", "--begun", "11:00", *BY).exit_code == 0
    assert "The outage was declared after this end" in str(
        run("end", "--at", "11:40", *BY).exception
    )
    assert run("end", "--at", "11:40", "--anyway", *BY).exit_code == 0
    second = ("declare", "Second", "--begun", "11:30", *BY)
    assert "The outage would overlap First" in str(run(*second).exception)
    assert run(*second, "--anyway").exit_code == 0
