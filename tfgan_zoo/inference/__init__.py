"""Trained networks at work on images."""

from tfgan_zoo import extras
from tfgan_zoo.inference.folders import Outcome, Report, restore_files
from tfgan_zoo.inference.generating import generate, inputs_of, latent_rows, latents, slerp
from tfgan_zoo.inference.in_turn import InTurn
from tfgan_zoo.inference.restoring import KerasRestorer, restore, restore_file
from tfgan_zoo.inference.tflite import TFLiteGenerator, TFLiteRestorer
from tfgan_zoo.inference.tiled import TiledRestorer

__all__ = [
    "InTurn",
    "KerasRestorer",
    "Outcome",
    "Report",
    "TFLiteGenerator",
    "TFLiteRestorer",
    "TiledRestorer",
    "generate",
    "inputs_of",
    "latent_rows",
    "latents",
    "restore",
    "restore_file",
    "restore_files",
    "restore_video",
    "slerp",
]


def __getattr__(name: str):
    # PyAV is an extra; only videos need it.
    if name == "restore_video":
        extras.module("av", "video", "videos")
        from tfgan_zoo.inference.video import restore_video

        return restore_video
    raise AttributeError(f"module 'tfgan_zoo.inference' has no attribute {name!r}")
