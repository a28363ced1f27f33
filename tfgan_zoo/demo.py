"""The demo: a real photo is degraded, restored and shown, with numbers."""

import os
import time

import numpy as np

from tfgan_zoo import inference, metrics, pictures, zoo
from tfgan_zoo.degradations import JPEG, Chain, PoissonGaussianNoise

DARK_ROOM = Chain([PoissonGaussianNoise(0.004, mosaic=1.0), JPEG(80)])
"""A camera's noise in a dark room, and the JPEG that it writes."""


def photo() -> np.ndarray:
    """scikit-image's photo of a cat (CC0), (300, 448, 3), float32 in [0, 1].

    Raises:
        ValueError: if scikit-image is not installed.
    """
    try:
        from skimage import data
    except ImportError as error:
        raise ValueError("the photo comes with scikit-image: python -m pip install '.[demo]'") from error
    return data.chelsea()[:, :448].astype(np.float32) / 255


def run(path: str | os.PathLike) -> None:
    """Takes a photo as in a dark room, restores it, prints numbers, writes a picture.

    Args:
        path: of the PNG to write.
    """
    clean = photo()
    noisy = np.asarray(DARK_ROOM(clean, seed=1))
    network = zoo.load(zoo.DEFAULT)
    started = time.perf_counter()
    restored = inference.restore(network, noisy)
    seconds = time.perf_counter() - started
    before, after = (float(metrics.PSNR()(clean[None], image[None])) for image in (noisy, restored))
    pictures.captioned(
        path, {f"dark room, {before:.2f} dB": noisy, f"restored, {after:.2f} dB": restored, "clean": clean}
    )
    print(f"{zoo.DEFAULT}: PSNR {before:.2f} dB before, {after:.2f} dB after, {seconds:.2f} s; picture: {path}")
