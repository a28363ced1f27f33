"""Trained networks at work on images."""

from tfgan_zoo.inference.generating import generate, inputs_of, latents, slerp
from tfgan_zoo.inference.restoring import ArrayPicture, KerasRestorer, estimate_sigma, restore, restore_file

__all__ = [
    "ArrayPicture",
    "KerasRestorer",
    "estimate_sigma",
    "generate",
    "inputs_of",
    "latents",
    "restore",
    "restore_file",
    "slerp",
]
