"""A report of Alma's Analytics, page by page: XML whose schema names the columns.

Only the first page has the token with which the others are asked for, until one says that the
report is finished.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from procedure.errors import OfflineListError
from procedure.offline_lists.list_table import ListTable
from procedure.offline_lists.listed import Listed, ReadingContext
from procedure.offline_lists.xml_stream import parse_in_pieces, plain_name


@dataclass(slots=True)
class AnalyticsPage:
    """A page: its headings by the names of columns, and the cells of each row by these names.

    A row has no cell where the report has nothing.
    """

    headings: dict[str, str] = field(default_factory=dict[str, str])
    rows: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    token: str = ""
    is_finished: bool = False
    is_report: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "element":
            plain = {plain_name(key): value for key, value in attributes.items()}
            self.headings[plain.get("name", "").lower()] = plain.get("columnheading", "")
        elif name == "row":
            self.rows.append({})

    def end(self, name: str, text: str) -> None:
        if name == "resumptiontoken":
            self.token = text
        elif name == "isfinished":
            self.is_report, self.is_finished = True, text.lower() == "true"
        elif name in self.headings and self.rows:
            self.rows[-1][name] = text


def read_analytics_page(content: bytes) -> AnalyticsPage:
    """Return a page of a report.

    Raises:
        OfflineListError: it is none.
    """
    page = AnalyticsPage()
    for _ in parse_in_pieces(BytesIO(content), page):
        pass
    if not page.is_report:
        raise OfflineListError("is no page of an Analytics report")
    return page


class AnalyticsReport:
    """The accounts or items of a report, from its pages.

    Raises:
        OfflineListError: no column has identifiers or barcodes, or a row cannot be read.
    """

    is_complete = True

    def __init__(self, pages: Iterator[AnalyticsPage], context: ReadingContext) -> None:
        self._pages = pages
        self._first = next((page for page in pages if page.headings), AnalyticsPage())
        self._names = list(self._first.headings)
        self._table = ListTable(list(self._first.headings.values()), context)
        self.kind = self._table.kind

    def __iter__(self) -> Iterator[Listed]:
        yield from self._rows(self._first)
        for page in self._pages:
            yield from self._rows(page)

    def _rows(self, page: AnalyticsPage) -> Iterator[Listed]:
        for row in page.rows:
            try:
                yield self._table.listed([row.get(name, "") for name in self._names])
            except ValueError as fault:
                raise OfflineListError(f"a row {fault}") from None
