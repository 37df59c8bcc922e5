"""A library's actions and knowledge during an outage of Alma, computed from values to values.

Nothing here knows Panel. Only two folders touch the outside world: `procedure.io` uses the clock,
the network and the disk, and the stand-ins of `procedure.simulation` each listen on a port.
`procedure.open_records` reads what an installation recorded.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
