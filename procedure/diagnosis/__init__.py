"""Where the fault is and which answers the evidence suggests, and scenarios that replay both.

A suggestion never answers for a person.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
