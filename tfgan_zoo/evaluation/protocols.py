"""Named protocols: exactly how a published number is measured, so that ours stand beside it."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tfgan_zoo.degradations import GaussianNoise, PoissonGaussianNoise


@dataclass(frozen=True)
class Protocol:
    """An evaluation without a free choice.

    Args:
        name: of the protocol.
        channels: of its images; files of another kind are refused, not converted.
        level: what is varied, such as "sigma".
        levels: its usual values.
        degrade: (clean float32 (height, width, channels), level, number of the image) to the
            degraded image.
        sigma: level to the sigma map's value that a network with a noise map is told, in
            [0, 1]; None where nothing is known.
        summary: one sentence on the rules.
    """

    name: str
    channels: int
    level: str
    levels: tuple[float, ...]
    degrade: Callable[[np.ndarray, float, int], np.ndarray]
    sigma: Callable[[float], float] | None
    summary: str


def _awgn(clean, sigma, number):
    return np.asarray(GaussianNoise(sigma / 255)(clean, seed=number))


def _camera(clean, millionths, number):
    developed = PoissonGaussianNoise(millionths * 1e-6, mosaic=1.0)(clean, seed=number)
    return np.round(np.asarray(developed) * 255).astype(np.float32) / 255


def _jpeg(clean, quality, number):
    import PIL.Image

    if quality != int(quality) or not 1 <= quality <= 100:
        raise ValueError(f"quality must be a whole number from 1 to 100, got {quality:g}")
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.round(clean[..., 0] * 255).astype(np.uint8)).save(buffer, "JPEG", quality=int(quality))
    return np.asarray(PIL.Image.open(buffer), np.float32)[..., None] / 255


_AWGN = (
    "White Gaussian noise, neither clipped nor rounded, seeded by the image's number in order of "
    "name; the result is clipped and rounded to 8 bits; PSNR is the mean over images, no border is cut."
)

PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("awgn-gray", 1, "sigma", (15, 25, 50), _awgn, lambda s: s / 255, f"Gray files as they are. {_AWGN}"),
        Protocol("awgn-rgb", 3, "sigma", (15, 25, 50), _awgn, lambda s: s / 255, f"PSNR over all channels. {_AWGN}"),
        Protocol(
            "camera-rgb",
            3,
            "shot noise x 1e-6",
            (300, 1500, 6000),
            _camera,
            None,
            "PoissonGaussianNoise at a fixed shot noise, through a Bayer mosaic, seeded by the image's number; "
            "the noisy photo is rounded to 8 bits before, the result after; PSNR over all channels.",
        ),
        Protocol(
            "jpeg-gray",
            1,
            "quality",
            (10, 20, 30, 40),
            _jpeg,
            None,
            "Gray files saved by libjpeg (Pillow) at the quality; the result is clipped and rounded to 8 bits; "
            "PSNR, SSIM and PSNR-B are means over images, no border is cut.",
        ),
    )
}

# PSNR in dB as the papers print it, by data set and protocol's level.
PUBLISHED = {
    ("awgn-gray", "set12"): {
        "BM3D": {15: 32.37, 25: 29.97, 50: 26.72},
        "DnCNN-S": {15: 32.86, 25: 30.44, 50: 27.18},
        "DnCNN-B": {15: 32.68, 25: 30.36, 50: 27.21},
        "FFDNet": {15: 32.75, 25: 30.43, 50: 27.32},
        "DRUNet": {15: 33.25, 25: 30.94, 50: 27.90},
    },
    ("awgn-gray", "bsd68"): {
        "BM3D": {15: 31.08, 25: 28.57, 50: 25.60},
        "DnCNN-S": {15: 31.73, 25: 29.23, 50: 26.23},
        "DnCNN-B": {15: 31.61, 25: 29.16, 50: 26.23},
        "FFDNet": {15: 31.63, 25: 29.19, 50: 26.29},
        "DRUNet": {15: 31.91, 25: 29.48, 50: 26.59},
    },
    ("jpeg-gray", "classic5"): {"DnCNN-3": {10: 29.40, 20: 31.63, 30: 32.91, 40: 33.77}},
    ("jpeg-gray", "live1"): {"DnCNN-3": {10: 29.19, 20: 31.59, 30: 32.98, 40: 33.96}},
    ("awgn-rgb", "cbsd68"): {
        "DnCNN": {15: 33.90, 25: 31.24, 50: 27.95},
        "FFDNet": {15: 33.87, 25: 31.21, 50: 27.96},
        "DRUNet": {15: 34.30, 25: 31.69, 50: 28.51},
        "SwinIR": {15: 34.42, 25: 31.78, 50: 28.56},
    },
    ("awgn-rgb", "kodak24"): {
        "FFDNet": {15: 34.63, 25: 32.13, 50: 28.98},
        "DRUNet": {15: 35.31, 25: 32.89, 50: 29.86},
    },
    ("awgn-rgb", "mcmaster"): {
        "FFDNet": {15: 34.66, 25: 32.35, 50: 29.18},
        "DRUNet": {15: 35.40, 25: 33.14, 50: 30.08},
    },
}


IMAGES = {"set12": 12, "bsd68": 68, "cbsd68": 68, "classic5": 5, "live1": 29, "kodak24": 24, "mcmaster": 18}
"""How many images each of those data sets has."""


def published(protocol: str, folder: str, count: int | None = None) -> dict[str, dict[float, float]]:
    """The published rows for a data set, recognised by its folder's name: "bsd68_gray" is BSD68.

    Args:
        protocol: its name.
        folder: the folder's name.
        count: images measured; of a part of the data set nothing was published. None trusts the name.
    """
    plain = "".join(character for character in folder.lower() if character.isalnum())
    known = [data for name, data in PUBLISHED if name == protocol and plain.startswith(data)]
    found = max(known, key=len, default=None)
    return PUBLISHED[protocol, found] if found and count in (None, IMAGES[found]) else {}
