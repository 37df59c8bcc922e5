"""A library's configuration: TOML files, read into a `Handbook` or a list of faults.

The files of the packaged handbook are in this folder; `procedure.io.handbook_files` opens them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
