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
    radial_spectrum,
    spectrum_distance,
)
from tfgan_zoo.metrics.fidelity import MSSSIM, PSNR, PSNRB, SSIM, ms_ssim, psnr, psnr_b, quantize, ssim

__all__ = [
    "MSSSIM",
    "PSNR",
    "PSNRB",
    "SSIM",
    "birthday_support",
    "density_coverage",
    "frechet_distance",
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
