from .alma.service import AlmaService as AlmaService
from .database.database import open_database as open_database
from .handbook_files import load_handbook as load_handbook
from .http.prober import Prober as Prober
from .probe_scheduler import ProbeScheduler as ProbeScheduler
from .status_page_reader import PageReader as PageReader
