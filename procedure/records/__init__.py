"""Read-only access to an installation's records: one object with a pandas frame per subject."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
