"""The zoo: trained networks by name."""

from tfgan_zoo.zoo.features import vgg19_features
from tfgan_zoo.zoo.presets import (
    DEFAULT,
    PresetError,
    annotate,
    bundled,
    cost,
    find,
    list,
    load,
    metadata,
    save,
)

__all__ = [
    "DEFAULT",
    "PresetError",
    "annotate",
    "bundled",
    "cost",
    "find",
    "list",
    "load",
    "metadata",
    "save",
    "vgg19_features",
]
