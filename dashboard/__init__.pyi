from .notebook_api import (
    GuideView as GuideView,
    HistoryView as HistoryView,
    LoanLogView as LoanLogView,
    ProbeGridView as ProbeGridView,
    open_session as open_session,
)
