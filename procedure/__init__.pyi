from .records.sources import open_records as open_records
