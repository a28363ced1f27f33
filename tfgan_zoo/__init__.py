"""tfgan_zoo: Keras models that make images and mend them, from a notebook to a phone.

Submodules load when first used, so that importing the package does not start TensorFlow.
"""

import importlib

__version__ = "0.1.0"

_SUBMODULES = (
    "callbacks",
    "client",
    "data",
    "degradations",
    "evaluation",
    "explain",
    "export",
    "inference",
    "layers",
    "losses",
    "metrics",
    "models",
    "networks",
    "ops",
    "optimizers",
    "recipes",
    "zoo",
)
__all__ = ["__version__", *_SUBMODULES]


def __getattr__(name: str):
    if name in _SUBMODULES:
        return importlib.import_module(f"tfgan_zoo.{name}")
    raise AttributeError(f"module 'tfgan_zoo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
