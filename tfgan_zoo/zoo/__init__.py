"""The zoo: trained networks by name."""

from tfgan_zoo.zoo.presets import (
    DEFAULT,
    PresetError,
    annotate,
    bundled,
    find,
    list,
    load,
    metadata,
    multiply_adds_per_pixel,
    save,
)

__all__ = [
    "DEFAULT",
    "PresetError",
    "annotate",
    "bundled",
    "find",
    "list",
    "load",
    "metadata",
    "multiply_adds_per_pixel",
    "save",
]
