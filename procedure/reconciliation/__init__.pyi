from .forecast import forecast_upload as forecast_upload
from .job_report import match_report as match_report, read_job_report as read_job_report
from .offline_file_export import export_desk as export_desk, plan_export as plan_export
from .overview import ReconciliationOverview as ReconciliationOverview
from .reconciliation_log import ReconciliationLog as ReconciliationLog
from .sign_off import sign as sign
from .verification import verify_loan as verify_loan
