"""Type aliases for pandas objects, because the types in pandas are too loose for strict checks.

Functions that return a new frame use `pd.DataFrame`; code that computes with columns uses these
aliases.
"""

from typing import Any, TypeAlias

Frame: TypeAlias = Any  # a DataFrame
Values: TypeAlias = Any  # a Series, an Index or a NumPy array
