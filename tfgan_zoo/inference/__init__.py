"""Trained networks at work on images."""

from tfgan_zoo.inference.generating import generate, inputs_of, latent_rows, latents, slerp
from tfgan_zoo.inference.restoring import (
    ArrayPicture,
    KerasRestorer,
    TiledRestorer,
    estimate_sigma,
    restore,
    restore_file,
)
from tfgan_zoo.inference.tflite import TFLiteGenerator, TFLiteRestorer

__all__ = [
    "ArrayPicture",
    "KerasRestorer",
    "TFLiteGenerator",
    "TFLiteRestorer",
    "TiledRestorer",
    "estimate_sigma",
    "generate",
    "inputs_of",
    "latent_rows",
    "latents",
    "restore",
    "restore_file",
    "slerp",
]
