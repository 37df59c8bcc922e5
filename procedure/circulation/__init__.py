"""Loans and returns during an outage: scan checks, the loan log, return carts and the offline file.

`procedure.reconciliation` then tracks the loans and returns until they are in Alma.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
