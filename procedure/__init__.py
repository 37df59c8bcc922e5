"""Models a library's work during an outage of Alma, without any user interface.

Nothing here depends on Panel. Only `procedure.io` (clock, network, disk) and the stand-in servers
in `procedure.simulation` touch the outside world. `procedure.open_records` opens the records of an
installation.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
