"""Named protocols: exactly how a published number is measured, so that ours stand beside it."""

import dataclasses
import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tfgan_zoo import metrics
from tfgan_zoo.data import images
from tfgan_zoo.degradations import (
    Downsample,
    GaussianNoise,
    Haze,
    LowLight,
    MotionBlur,
    PoissonGaussianNoise,
    RainStreaks,
)
from tfgan_zoo.ops import color, padding, resize


@dataclasses.dataclass(frozen=True)
class Protocol:
    """An evaluation without a free choice.

    Args:
        name: of the protocol.
        channels: of its images; files of another kind are refused, not converted.
        level: what is varied, such as "sigma".
        levels: its usual values.
        degrade: (clean float32 (height, width, channels), level, number of the image, its path)
            to the degraded image.
        sigma: level to the sigma map's value that a network with a noise map is told, in
            [0, 1]; None where nothing is known.
        summary: one sentence on the rules.
        enlarges: whether the level is the factor by which the network enlarges.
        luma: whether Y of BT.601 in limited range, rounded, is compared, in place of all channels; a
            gray protocol takes it of colour files.
        border: what is cut off each side before comparing, in levels.
        layouts: names of the folders, degraded and clean, of data sets that come in pairs.
        cropped: whether a clean photo is cut to the middle that its smaller degraded one shows.
        rounds: whether the degraded image is of 8 bits.
    """

    name: str
    channels: int
    level: str
    levels: tuple[float, ...]
    degrade: Callable[[np.ndarray, float, int, Path], np.ndarray]
    sigma: Callable[[float], float] | None
    summary: str
    enlarges: bool = False
    luma: bool = False
    border: float = 0.0
    layouts: tuple[tuple[str, str], ...] = ()
    cropped: bool = False
    rounds: bool = True

    def in_eight_bits(self) -> "Protocol":
        """The protocol for what takes 8-bit images alone: its own name and rules, unless it rounds anyway."""
        if self.rounds:
            return self
        return dataclasses.replace(
            self,
            name=f"{self.name}, 8 bits",
            summary=f"{self.summary} But what is restored is clipped and rounded to 8 bits, as {self.name} is not.",
            degrade=lambda *one: _levels(self.degrade(*one)),
            rounds=True,
        )

    def prepared(self, clean: np.ndarray, level: float) -> np.ndarray:
        """The clean image as it is degraded: where the network enlarges, of sides that the factor divides."""
        if not self.enlarges:
            return clean
        factor = int(level)
        return clean[: clean.shape[0] // factor * factor, : clean.shape[1] // factor * factor]

    def baseline(self, degraded: np.ndarray, level: float) -> np.ndarray:
        """What doing nothing gives: the degraded image, enlarged bicubically where the network enlarges."""
        if not self.enlarges:
            return degraded
        return _levels(resize.resize(degraded[None], float(level), "bicubic"))[0]

    def compared(self, image: np.ndarray, level: float) -> np.ndarray:
        """What is compared of a batch: all of it or the luma, without the border."""
        if self.luma and self.channels == 3:
            # As MATLAB's rgb2ycbcr gives it of 8 bits, by which SRCNN and those after it were measured.
            image = _levels(color.rgb_to_luma(image))
        return np.asarray(padding.without_border(image, math.ceil(self.border * level)))


def _awgn(clean, sigma, number, path=None):
    return np.asarray(GaussianNoise(sigma / 255)(clean, seed=number))


def _camera(clean, millionths, number, path=None):
    developed = PoissonGaussianNoise(millionths * 1e-6, mosaic=1.0)(clean, seed=number)
    return np.round(np.asarray(developed) * 255).astype(np.float32) / 255


def _jpeg(clean, quality, number, path=None):
    import PIL.Image

    if quality != int(quality) or not 1 <= quality <= 100:
        raise ValueError(f"quality must be a whole number from 1 to 100, got {quality:g}")
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.round(clean[..., 0] * 255).astype(np.uint8)).save(buffer, "JPEG", quality=int(quality))
    return np.asarray(PIL.Image.open(buffer), np.float32)[..., None] / 255


def _shrunk(clean, factor, number, path=None):
    if factor not in (2, 3, 4):
        raise ValueError(f"scale must be 2, 3 or 4, got {factor:g}")
    return _levels(Downsample(int(factor))(clean, seed=number))


def _shaken(clean, length, number, path=None):
    return _levels(MotionBlur(length)(clean, seed=number))


# Against what the recipe `derain` learns from: longer streaks, some of the same kind, some at more distances, and long
# ones that slant.
RAIN = {
    1: RainStreaks(density=0.0008, length=(28.0, 36.0), angle=(-10.0, 10.0), layers=2, strength=(0.3, 0.5), mist=0.0),
    2: RainStreaks(density=0.002, length=(10.0, 16.0), angle=(-60.0, -45.0), width=0.9, strength=(0.4, 0.6), mist=0.0),
    3: RainStreaks(
        density=0.003, length=(14.0, 20.0), angle=(42.0, 55.0), layers=4, strength=(0.4, 0.6), mist=0.3, screen=True
    ),
    4: RainStreaks(density=0.001, length=(30.0, 40.0), angle=(48.0, 62.0), width=0.8, strength=(0.4, 0.7), mist=0.1),
}


def _rainy(clean, setting, number, path=None):
    if setting not in RAIN:
        raise ValueError(f"setting must be 1, 2, 3 or 4, got {setting:g}")
    return _levels(RAIN[int(setting)](clean, seed=number))


def _dark(clean, gain, number, path=None):
    return _levels(LowLight(gain, 1.4, 1e-3)(clean, seed=number))


def _hazy(clean, beta, number, path=None):
    return _levels(Haze(beta, (0.75, 0.95))(clean, seed=number, depth=depth_of(path)))


def depth_of(path: Path | None) -> np.ndarray | None:
    """Depth from the disparity beside a photo, NAME_rgb.png and NAME_disp.png: 1 is the 95th percentile.

    One over the disparity is the depth but for an offset that the files do not tell.

    Returns:
        (height, width, 1), float32; None where there is no disparity.
    """
    if path is None:
        return None
    beside = path.with_name(path.name.replace("_rgb.", "_disp."))
    if beside == path or not beside.exists():
        return None
    disparity = images.read(beside, 1).astype(np.float32)
    depth = 1.0 / np.maximum(disparity, 1.0)
    # Where nothing is known, in shadows of a nearer thing mostly, it is far.
    depth /= np.percentile(depth[disparity > 0], 95)
    return np.minimum(np.where(disparity > 0, depth, 1.0), 1.5).astype(np.float32)


def _levels(image):
    return np.asarray(metrics.quantize(image))


_NOISE = ("sigma", (15, 25, 50), _awgn, lambda s: s / 255)
_AWGN = (
    "White Gaussian noise, neither clipped nor rounded, seeded by the image's number in order of "
    "name; the result is clipped and rounded to 8 bits; PSNR is the mean over images, no border is cut."
)

# Names of pairs that data sets of every kind have: Restormer's, and BasicSR's.
_RESTORED = (("input", "target"), ("input", "gt"), ("lq", "gt"))

PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("awgn-gray", 1, *_NOISE, f"Gray files as they are. {_AWGN}", rounds=False),
        Protocol("awgn-rgb", 3, *_NOISE, f"PSNR over all channels. {_AWGN}", rounds=False),
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
            "Gray files, or Y of BT.601 in limited range of colour ones, saved by libjpeg (Pillow) at the quality; the "
            "result is clipped and rounded to 8 bits; PSNR, SSIM and PSNR-B are means over images, no border is cut.",
            luma=True,
        ),
        Protocol(
            "sr-y",
            3,
            "scale",
            (2, 3, 4),
            _shrunk,
            None,
            "Sides cut to a multiple of the scale; bicubic with antialiasing as MATLAB's, rounded to 8 bits; Y of "
            "BT.601 in limited range, rounded, a border as wide as the scale cut; the input is bicubic enlargement. "
            "Gray files become colour.",
            enlarges=True,
            luma=True,
            border=1.0,
        ),
        Protocol(
            "deblur-rgb",
            3,
            "length",
            (10, 20, 30),
            _shaken,
            None,
            "Pairs of blurred and sharp photos, or MotionBlur along random paths of the length in pixels, seeded by "
            "the image's number, rounded to 8 bits; a border of half the length, where the blur saw a mirrored photo, "
            "is cut; PSNR over all channels.",
            border=0.5,
            layouts=(("blur", "sharp"), ("blurry", "sharp"), *_RESTORED),
        ),
        Protocol(
            "derain-y",
            3,
            "setting",
            (1, 2, 3, 4),
            _rainy,
            None,
            "Pairs of rainy and clean photos, or RainStreaks at four settings (1 light and long, 2 broad and slanted, "
            "3 of four layers, blended by screen in mist, 4 long and slanted), seeded by the image's number, rounded "
            "to 8 bits; Y of BT.601 in limited range, rounded, as MATLAB gives it.",
            luma=True,
            layouts=(*_RESTORED, ("rain", "norain"), ("rainy", "clean"), ("rainy", "gt"), ("rainy", "norain")),
        ),
        Protocol(
            "dehaze-rgb",
            3,
            "beta",
            (0.8, 1.2, 1.6),
            _hazy,
            None,
            "Pairs of hazy and clear photos, or Haze of the given beta and an airlight of 0.75 to 0.95 by the depth of "
            "NAME_disp.png beside NAME_rgb.png, random where there is none, seeded by the image's number, rounded to 8 "
            "bits; a larger clear photo is cut to the middle; PSNR over all channels.",
            layouts=(("hazy", "gt"), ("hazy", "clear"), *_RESTORED),
            cropped=True,
        ),
        Protocol(
            "lowlight-rgb",
            3,
            "gain",
            (0.3, 0.15),
            _dark,
            None,
            "Pairs of dark and bright photos, or LowLight of the given gain, a gamma of 1.4 and shot noise of 1e-3, "
            "seeded by the image's number, rounded to 8 bits; PSNR over all channels.",
            layouts=(("low", "high"), *_RESTORED),
        ),
    )
}
