"""The routes served in addition to the dashboard page.

Each handler checks permissions first, except for those that must answer everybody: sign-in,
enrolment, the desk page's files, the public status page, the health checks and removed routes.
"""

from collections.abc import Callable

from dashboard.access.enrolment import enrolment_routes
from dashboard.access.sign_in import sign_in_routes
from dashboard.core.context import AppContext
from dashboard.desk.desk_handlers import desk_routes
from dashboard.dossier.handler import DossierHandler
from dashboard.dossier.outage_files import OutageFilesHandler
from dashboard.drill.drill_handlers import drill_routes
from dashboard.metrics.metrics_handler import Metrics
from dashboard.monitoring.board_json import BoardJson
from dashboard.outage.outage_api import outage_api_routes
from dashboard.outage.public_status_handler import PublicStatus
from dashboard.reconciliation.downloads import (
    AllOfflineFiles,
    OfflineFileDownload,
    ReconciliationTable,
)
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.server.health import health_routes
from dashboard.server.removed_routes import removed_routes
from dashboard.service_level.handler import ServiceLevelHandler

DOWNLOADS = "/(?:reconciliation|way-back)"  # `way-back` was the address before 1.0.0


def _opened_context() -> AppContext:
    # `dashboard.app` is slow to import, and is not needed to list the routes.
    from dashboard.app import app_context  # noqa: PLC0415
    from dashboard.upkeep.repeated_tasks import start_background_tasks  # noqa: PLC0415

    context = app_context()
    start_background_tasks(context)
    return context


def _opened_ledger() -> ReconciliationLedger:
    from dashboard.app import reconciliation_ledger  # noqa: PLC0415

    _opened_context()
    return reconciliation_ledger()


def routes(
    opened: Callable[[], AppContext], ledger: Callable[[], ReconciliationLedger]
) -> list[tuple[str, type, dict[str, object]]]:
    """Return the routes with their handlers, which call `opened` or `ledger` on each request."""
    context: dict[str, object] = {"context": opened}
    reconciliation: dict[str, object] = {"ledger": ledger}
    return [
        (r"/board\.json", BoardJson, context),
        (r"/metrics", Metrics, context | {"to_bring": lambda: ledger().to_bring_now()}),
        (r"/status(\.rss)?", PublicStatus, context),
        (r"/dossier/([0-9a-f-]{36})", DossierHandler, context),
        (r"/dossier/([0-9a-f-]{36})\.zip", OutageFilesHandler, context),
        (r"/service-level(\.csv)?", ServiceLevelHandler, context),
        (f"{DOWNLOADS}/file/([0-9a-f-]{{36}})", OfflineFileDownload, reconciliation),
        (rf"{DOWNLOADS}/files\.zip", AllOfflineFiles, reconciliation),
        (rf"{DOWNLOADS}/(summary|extensions)\.(xlsx|csv)", ReconciliationTable, reconciliation),
        *outage_api_routes(opened),
        *health_routes(opened),
        *desk_routes(opened),
        *sign_in_routes(opened),
        *enrolment_routes(opened),
        *drill_routes(opened),
        *removed_routes(),
    ]


ROUTES = routes(_opened_context, _opened_ledger)
