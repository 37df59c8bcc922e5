"""Charts of the records, each with its summary in words.

The figures come from `procedure.records`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
