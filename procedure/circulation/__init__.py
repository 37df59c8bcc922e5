"""Loans and returns in an outage: the scan check, the loan log, return carts, the offline file.

`procedure.reconciliation` follows them into Alma afterwards.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
