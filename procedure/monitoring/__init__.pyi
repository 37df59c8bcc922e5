from .board import StatusBoard as StatusBoard
from .downtime import (
    Availability as Availability,
    Downtime as Downtime,
    StatusInterval as StatusInterval,
)
from .history import History as History
from .model import (
    FailureCause as FailureCause,
    Outcome as Outcome,
    Status as Status,
    Target as Target,
    Vantage as Vantage,
)
from .recent import RecentStates as RecentStates
