"""Input and output: files, sockets, the database, the clock.

No domain rules live here.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
