"""The steps of the procedure, walks through them, and contact hours.

The texts of the steps are in the handbook, and `procedure.diagnosis` suggests answers from the
evidence.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
