"""One library's configuration: TOML files read into a `Handbook`, or every fault in them at once.

The files of the packaged handbook stand here; `procedure.io.handbook_files` opens them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.handbook.mermaid import to_mermaid as to_mermaid
    from procedure.handbook.model import Handbook as Handbook
    from procedure.handbook.model import Words as Words
    from procedure.handbook.reader import read_papers as read_papers
    from procedure.handbook.tree_checks import check_tree as check_tree
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        mermaid="to_mermaid",
        model="Handbook Words",
        reader="read_papers",
        tree_checks="check_tree",
    )
