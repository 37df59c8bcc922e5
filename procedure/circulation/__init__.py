"""Loans and returns in an outage: the scan check, the loan log, return carts, the offline file.

What becomes of them in Alma afterwards is in `procedure.reconciliation`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
