"""The user interface: the page, its state, the `relais` command, and its views in a notebook.

`procedure` decides what a probe or a loan means.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
