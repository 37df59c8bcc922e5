"""A stand-in for Koha's offline circulation, as staff see it.

Koha puts the lines of a `.koc` file into a table of pending actions. When somebody processes
them, Koha shows the result of each line.
"""

from dataclasses import dataclass, field

from procedure.circulation.offline_files.koha_parser import parse_koc
from procedure.circulation.offline_files.offline_rows import OfflineRow
from procedure.simulation.alma.world import World


@dataclass(frozen=True, slots=True)
class ProcessedLine:
    """A line of a file, and the reason why Koha refused the line.

    `refused` is `user_not_found` or `item_not_found`, or empty if Koha accepted the line.
    """

    row: OfflineRow
    refused: str = ""


@dataclass
class FakeKoha:
    """A simulated Koha; `on_loan` maps the barcode of each item on loan to the borrower's card."""

    world: World
    on_loan: dict[str, str] = field(default_factory=dict[str, str])

    def process(self, content: bytes) -> tuple[ProcessedLine, ...]:
        """Read a `.koc` file and process its lines in order.

        Raises:
            OfflineFileError: a line cannot be read; nothing was done.
        """
        parsed = parse_koc(content)
        for fault in parsed.faults:
            raise fault
        return tuple(ProcessedLine(row, self._process(row)) for row in parsed.rows)

    def _process(self, row: OfflineRow) -> str:
        if row.item not in self.world.items:
            return "item_not_found"
        if row.kind == "R":
            self.on_loan.pop(row.item, None)
        elif row.patron not in self.world.users:
            return "user_not_found"
        else:
            # As in Koha, this ends an earlier loan.
            self.on_loan[row.item] = row.patron
        return ""
