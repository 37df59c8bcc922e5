from .privacy import Privacy as Privacy
from .records import Records as Records
from .sources import open_records as open_records
