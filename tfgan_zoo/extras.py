"""Packages that are installed only where they are wanted."""

import importlib
from types import ModuleType


def module(name: str, extra: str, what: str, error: type[ValueError] = ValueError) -> ModuleType:
    """A module of an optional package.

    Args:
        name: of the module, such as "ai_edge_litert.interpreter".
        extra: of tfgan_zoo, that installs its package.
        what: needs it, in the plural, to begin the message with.
        error: raised where it is missing.

    Raises:
        ValueError: see `error`.
    """
    try:
        return importlib.import_module(name)
    except ImportError as reason:
        raise error(f"{what} need an extra: python -m pip install 'tfgan_zoo[{extra}]'") from reason
