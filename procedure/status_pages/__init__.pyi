from .feed import Feed as Feed
from .maintenance import PlannedWork as PlannedWork
from .page_parsers import parse_page as parse_page
from .reading_validity import Reading as Reading, current_status as current_status
from .status import PageReport as PageReport, PageStatus as PageStatus
