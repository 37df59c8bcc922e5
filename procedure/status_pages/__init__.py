"""Parsing of status pages in each known format, and planned work.

It uses no network (`procedure.io.status_page_reader` fetches the bodies) and judges no probes.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
