"""A simulation of Alma, and generated history and loans, for drills and tests.

Nothing here runs in production.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
