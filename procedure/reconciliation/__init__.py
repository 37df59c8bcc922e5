"""Reconciliation of loans with Alma: export, upload, verification, corrections and sign-off.

Calls to Alma are in `procedure.io.alma`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
