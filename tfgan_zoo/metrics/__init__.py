"""Metrics: pure functions, and Keras classes over them."""

from tfgan_zoo.metrics.fidelity import MSSSIM, PSNR, PSNRB, SSIM, ms_ssim, psnr, psnr_b, quantize, ssim

__all__ = ["MSSSIM", "PSNR", "PSNRB", "SSIM", "ms_ssim", "psnr", "psnr_b", "quantize", "ssim"]
