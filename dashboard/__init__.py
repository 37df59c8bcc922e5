"""The user interface: the pages in browsers, the `relais` command, and views for notebooks.

The rules, such as when a target counts as down, are in the `procedure` package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
