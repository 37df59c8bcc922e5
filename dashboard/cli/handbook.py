"""`relais check` and `relais new-handbook`: check a handbook, and write a handbook template."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.cli.output import counted, json_line
from dashboard.settings import Settings, warn_of_other_variables
from procedure.circulation.pattern_overlap import overlapping
from procedure.circulation.scan_rules import NO_CARD_SHAPE
from procedure.errors import Fault
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import (
    check_files,
    find_ambiguities,
    read_files,
    upgrade_files,
    write_skeleton,
)
from procedure.reconciliation.systems.library_system import library_system, what_is_missing

if TYPE_CHECKING:
    from dashboard.translations.catalogues import CatalogueCheck


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per fault.")
@click.option("--upgrade", is_flag=True, help="First add what a version 1 handbook lacks.")
def check(folder: Path | None, *, as_json: bool, upgrade: bool) -> None:
    """List the faults in a handbook or, if it has none, summarise it.

    DIR is the folder with steps.toml, by default the folder of the handbook in use. The exit code
    is 1 if there is a fault.

    Example: `relais check ours`.
    """
    warn_of_other_variables(os.environ)
    folder = folder or Settings.from_env().handbook
    files = read_files(folder)
    if upgrade:
        for name in upgrade_files(files):
            click.echo(f"{folder / name}: converted to the current format", err=True)
        files = read_files(folder)
    handbook, faults = check_files(files)
    if handbook is not None:
        faults = find_ambiguities(files, handbook)
    if as_json:
        for fault in faults:
            values = {name: value for name, value in asdict(fault).items() if name != "fix"}
            click.echo(json_line(values))
        sys.exit(bool(faults))
    if faults:
        click.echo("\n".join(map(str, faults)))
        usable = "" if handbook is None else "; Relais can still use this handbook"
        click.echo(f"{folder}: {counted(len(faults), 'fault')}{usable}.")
        sys.exit(1)
    assert handbook is not None, "a handbook that cannot be used has a fault"
    click.echo(f"{folder}: this handbook is valid.")
    for line in (*_contents(handbook), *_catalogues(folder), *handbook_notes(folder, handbook)):
        click.echo(f"  {line}")


@click.command(name="new-handbook")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new_handbook(folder: Path) -> None:
    """Write a handbook template to a new folder.

    Replace every FILL IN; `relais check DIR` lists those that remain. The .schema folder lets
    editors that use Taplo complete keys and highlight faults.

    Example: `relais new-handbook ours`.
    """
    try:
        write_skeleton(folder)
    except FileExistsError:
        raise click.ClickException(
            f"{folder} is not empty, so nothing was written; give a new folder."
        ) from None
    click.echo(f"{folder}: a handbook to fill in, in this order (docs/your-library.md):")
    for place in places_to_fill(folder):
        click.echo(f"  {place}")
    click.echo(f"To see what is left: relais check {folder}")


# The files to fill in, in the order of docs/your-library.md.
_IN_ORDER = ("library.toml", "targets.toml", "contacts.toml", "desks.toml", "scans.toml")


def places_to_fill(folder: Path) -> list[Fault]:
    """Return the places to fill in, in the order of docs/your-library.md."""
    _, faults = check_files(read_files(folder))
    order = {name: number for number, name in enumerate(_IN_ORDER)}
    return sorted(faults, key=lambda fault: (order.get(fault.file, len(order)), fault.line))


def _contents(handbook: Handbook) -> list[str]:
    """Return lines that summarise a valid handbook."""
    procedure = handbook.procedure
    unconfirmed = sum(not desk.confirmed for desk in handbook.desks.values())
    library = handbook.library.system
    offline_file = library_system(library).offline_file.suffix or "none"
    return [
        f"system: {library}, offline file {offline_file}",
        f"steps: {len(procedure.steps)}, starting at {procedure.start}, "
        f"{counted(len(procedure.paths()), 'path')}",
        f"targets: {len(handbook.targets)}",
        f"contacts: {len(handbook.contacts)}",
        f"desks: {len(handbook.desks)}"
        + (f", {unconfirmed} to confirm in {library}" if unconfirmed else ""),
        f"languages: {', '.join(handbook.words)}",
    ]


def _catalogues(folder: Path) -> Iterator[str]:
    """Yield a line about each valid translation catalogue in the handbook."""
    for name, checked in _checked_catalogues(folder):
        if not checked.fault:
            yield f"{name}: {checked.sentences} sentences, {checked.missing} shown in French"


def handbook_notes(folder: Path, handbook: Handbook) -> Iterator[str]:
    """Yield a line for each remark on a valid handbook."""
    for name, checked in _checked_catalogues(folder):
        language = Path(name).stem
        if language not in handbook.words:
            yield f'{name} is not used: add "{language}" to the languages in library.toml'
        if checked.fault:
            yield f"{name} {checked.fault}"
        for sentence in checked.unlike:
            text = "braces or tags differ from the French, so the French is shown instead"
            yield f"{name}: {text}: {sentence}"
    yield from _overlaps(handbook)
    if not handbook.scans.describes_cards:
        yield NO_CARD_SHAPE
    if missing := what_is_missing(handbook.library.system):
        yield missing


def _checked_catalogues(folder: Path) -> Iterator[tuple[str, "CatalogueCheck"]]:
    for path in sorted(folder.glob("translations/*.po")):
        # Babel is slow to import, and most handbooks have no catalogue.
        from dashboard.translations.catalogues import check_catalogue  # noqa: PLC0415

        yield f"translations/{path.name}", check_catalogue(path)


def _overlaps(handbook: Handbook) -> list[str]:
    """Return a line for each pair of overlapping card and item shapes, if neither has `wins`."""
    return [
        f"overlap: {code} can be a card ([{card.name}]) or an item ([{item.name}]): "
        "the desk asks each time; to avoid this, set wins = true in one of them"
        for card, item, code in overlapping(handbook.scans, wins=False)
    ]
