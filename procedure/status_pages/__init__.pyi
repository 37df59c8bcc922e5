from .feed import Feed as Feed
from .formats import parse_page as parse_page
from .maintenance import PlannedWork as PlannedWork
from .readings import Reading as Reading, current_status as current_status
from .status import PageReport as PageReport, PageStatus as PageStatus
