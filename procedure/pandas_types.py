"""Names for the values of pandas, whose own types are still too open for a strict check.

Code that makes a frame uses `pd.DataFrame`; code that computes with columns uses these names.
Change them here once pandas has reliable types.
"""

from typing import Any, TypeAlias

Frame: TypeAlias = Any  # a DataFrame
Values: TypeAlias = Any  # a Series, an index, or an array of numpy
