from .notebook_api import (
    GuideView as GuideView,
)
from .notebook_api import (
    HistoryView as HistoryView,
)
from .notebook_api import (
    LoanLogView as LoanLogView,
)
from .notebook_api import (
    ProbeGridView as ProbeGridView,
)
from .notebook_api import (
    open_session as open_session,
)
