"""The user interface: the pages in browsers, the `relais` command, and views for notebooks.

`procedure` decides what probes and loans mean.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
