"""Trained networks at work on images."""

from tfgan_zoo.inference.restoring import KerasRestorer, estimate_sigma, restore, restore_file

__all__ = ["KerasRestorer", "estimate_sigma", "restore", "restore_file"]
