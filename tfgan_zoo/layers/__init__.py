"""Layers that two or more networks or models share."""

from tfgan_zoo.layers.augment import DiffAugment
from tfgan_zoo.layers.conditional import ConditionalBatchNorm
from tfgan_zoo.layers.initializers import ICNR
from tfgan_zoo.layers.normalization import BatchNormalization
from tfgan_zoo.layers.pyramid import ImagePyramid
from tfgan_zoo.layers.residual import ResidualBlock, small_init
from tfgan_zoo.layers.spectral import SpectralConv2D, SpectralDense

__all__ = [
    "ICNR",
    "BatchNormalization",
    "ConditionalBatchNorm",
    "DiffAugment",
    "ImagePyramid",
    "ResidualBlock",
    "SpectralConv2D",
    "SpectralDense",
    "small_init",
]
