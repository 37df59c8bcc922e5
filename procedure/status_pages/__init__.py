"""What a status page reports, read from the body of each known format, and maintenance windows.

No network: `procedure.io.page_reader` fetches the bodies. No judgement of our own probes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.status_pages.feed import Feed as Feed
    from procedure.status_pages.formats import parse_page as parse_page
    from procedure.status_pages.maintenance import MaintenanceWindow as MaintenanceWindow
    from procedure.status_pages.readings import Reading as Reading
    from procedure.status_pages.readings import current_status as current_status
    from procedure.status_pages.status import PageReport as PageReport
    from procedure.status_pages.status import PageStatus as PageStatus
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        feed="Feed",
        formats="parse_page",
        maintenance="MaintenanceWindow",
        readings="Reading current_status",
        status="PageStatus PageReport",
    )
