"""What a library does and knows in an outage of Alma: values in, values out.

Nothing here knows Panel, and only `procedure.io` touches the clock, the network or the disk.
`procedure.open_records` reads what an installation recorded.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
