"""The public names of a package, imported from their modules when they are first used (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazy_names(package: str, **modules: str) -> tuple[Callable[[str], Any], list[str]]:
    """Return the `__getattr__` and the `__all__` of a package.

    `modules` maps a module of the package to its public names, separated by spaces; `__` in it
    stands for a dot. So a command that needs one name does not wait for pandas or SQLAlchemy.
    """
    places = {name: module for module, names in modules.items() for name in names.split()}

    def module_getattr(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{places[name].replace('__', '.')}"), name)

    return module_getattr, sorted(places)
