"""Declared outages, announcements, the text for a call, and the dossier.

The downtime of individual targets is in `procedure.monitoring.downtime`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
