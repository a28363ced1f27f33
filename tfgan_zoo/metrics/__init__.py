"""Metrics: pure functions, and Keras classes over them."""

from tfgan_zoo.metrics.distribution import (
    birthday_support,
    density_coverage,
    frechet_distance,
    histogram_distance,
    kernel_distance,
    memorisation,
    nearest,
    pair_distance,
    precision_recall,
)
from tfgan_zoo.metrics.fidelity import MSSSIM, PSNR, PSNRB, SSIM, ms_ssim, psnr, psnr_b, quantize, ssim
from tfgan_zoo.metrics.spectrum import checkerboard, grid_amplitude, radial_spectrum, spectrum_distance

__all__ = [
    "MSSSIM",
    "PSNR",
    "PSNRB",
    "SSIM",
    "birthday_support",
    "checkerboard",
    "density_coverage",
    "frechet_distance",
    "grid_amplitude",
    "histogram_distance",
    "kernel_distance",
    "memorisation",
    "ms_ssim",
    "nearest",
    "pair_distance",
    "precision_recall",
    "psnr",
    "psnr_b",
    "quantize",
    "radial_spectrum",
    "spectrum_distance",
    "ssim",
]
