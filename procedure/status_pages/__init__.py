"""What a status page reports, read from the body of each known format, and maintenance windows.

No network: `procedure.io.status_page_reader` fetches the bodies. No judgement of our own probes.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
