"""Every loan's state against Alma: export, upload, verification, corrections, sign-off.

Calls to Alma are in `procedure.io.alma`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.reconciliation.export import export_desk as export_desk
    from procedure.reconciliation.export import plan_export as plan_export
    from procedure.reconciliation.forecast import forecast_upload as forecast_upload
    from procedure.reconciliation.job_report import match_report as match_report
    from procedure.reconciliation.job_report import read_job_report as read_job_report
    from procedure.reconciliation.log import ReconciliationLog as ReconciliationLog
    from procedure.reconciliation.overview import ReconciliationOverview as ReconciliationOverview
    from procedure.reconciliation.sign_off import sign as sign
    from procedure.reconciliation.verification import verify_loan as verify_loan
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        export="plan_export export_desk",
        forecast="forecast_upload",
        job_report="read_job_report match_report",
        log="ReconciliationLog",
        overview="ReconciliationOverview",
        sign_off="sign",
        verification="verify_loan",
    )
