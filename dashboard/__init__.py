"""The user interface: the page and its state, the `relais` command, and views for notebooks.

`procedure` decides what a probe or a loan means.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
