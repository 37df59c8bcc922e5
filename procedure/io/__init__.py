"""Input and output: files, sockets, the database, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.io.alma.service import AlmaService as AlmaService
    from procedure.io.database.database import open_database as open_database
    from procedure.io.handbook_files import load_handbook as load_handbook
    from procedure.io.http.prober import Prober as Prober
    from procedure.io.page_reader import PageReader as PageReader
    from procedure.io.probe_scheduler import ProbeScheduler as ProbeScheduler
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        alma__service="AlmaService",
        database__database="open_database",
        handbook_files="load_handbook",
        http__prober="Prober",
        page_reader="PageReader",
        probe_scheduler="ProbeScheduler",
    )
