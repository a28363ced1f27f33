"""The zoo: trained networks by name."""

from tfgan_zoo.zoo.downloading import download
from tfgan_zoo.zoo.features import vgg19_features
from tfgan_zoo.zoo.folders import PresetError, bundled
from tfgan_zoo.zoo.presets import (
    DEFAULT,
    annotate,
    between,
    cost,
    find,
    list,
    load,
    metadata,
    save,
)
from tfgan_zoo.zoo.publishing import publish

__all__ = [
    "DEFAULT",
    "PresetError",
    "annotate",
    "between",
    "bundled",
    "cost",
    "download",
    "find",
    "list",
    "load",
    "metadata",
    "publish",
    "save",
    "vgg19_features",
]
