from .board import StatusBoard as StatusBoard
from .downtime import (
    Availability as Availability,
)
from .downtime import (
    Downtime as Downtime,
)
from .downtime import (
    StatusInterval as StatusInterval,
)
from .history import History as History
from .messages import describe as describe
from .model import (
    FailureCause as FailureCause,
)
from .model import (
    Outcome as Outcome,
)
from .model import (
    Status as Status,
)
from .model import (
    Target as Target,
)
from .model import (
    Vantage as Vantage,
)
from .recent import RecentStates as RecentStates
