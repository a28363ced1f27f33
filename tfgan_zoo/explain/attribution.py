"""Local Attribution Maps (Gu and Dong 2021, arXiv:2011.11036): which input pixels made this patch.

Integrated gradients of a detector, a number that says what is in a patch of the output, along a
path from an input that shows nothing of it to the input itself. The path of the paper takes a
blur away bit by bit, so that every image on it is a natural one.
"""

import dataclasses
import os

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import pictures
from tfgan_zoo.data import convert
from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.ops import filters


@dataclasses.dataclass(frozen=True, eq=False)
class Attribution:
    """What `attribute` found.

    Attributes:
        map: what each input pixel added to the detector, (height, width, channels), float32,
            signed; the sum is `change` but for the steps of the integral, and for what has no derivative:
            the kernel that `networks.BlindDeconvolution` finds changes along the path, too.
        change: of the detector from the path's start to its end.
        patch: top, left, height and width in pixels of the output.
        scale: how many times larger the output is.
    """

    map: np.ndarray
    change: float
    patch: tuple[int, int, int, int]
    scale: int = 1

    @property
    def strength(self) -> np.ndarray:
        """The map without sign, channels added, in [0, 1]: (height, width)."""
        strength = np.abs(self.map.sum(axis=-1))
        return strength / max(strength.max(), np.finfo(np.float32).tiny)

    @property
    def diffusion_index(self) -> float:
        """(1 - Gini coefficient of `strength`) x 100: near 0 if one pixel did it all, 100 if all alike.

        It depends on the size of the image, the detector and the blur that the path begins with:
        compare on equal ones.
        """
        ordered = np.sort(self.strength.astype(np.float64), axis=None)
        count = len(ordered)
        ranks = np.arange(1, count + 1)
        gini = (2 * ranks - count - 1) @ ordered / max(count * ordered.sum(), np.finfo(np.float64).tiny)
        return float(100 * (1 - gini))


def attribute(
    network: RestorationNetwork,
    image: np.ndarray,
    patch: tuple[int, int, int, int],
    *,
    sigma: float | None = None,
    detector: str = "gradient",
    baseline: np.ndarray | None = None,
    blur: float = 3.0,
    steps: int = 50,
) -> Attribution:
    """Attributes a patch of the output to the pixels of the input.

    Args:
        network: a restoration network, which may enlarge (`network.scale`).
        image: (height, width, channels), floating point in [0, 1], uint8 or uint16. Nothing is
            tiled: a window of a few hundred pixels will do.
        patch: top, left, height and width in pixels of the output.
        sigma: for a network with a noise map, the noise's standard deviation in 8-bit levels.
        detector: "gradient", the sum of the gradient's magnitude in the patch (the paper's), which
            asks for its edges and texture; or "intensity", its sum.
        baseline: start of a straight path, an image such as this one without its noise, so that the map
            shows what the noise did; None is the paper's path from a blur.
        blur: standard deviation in pixels of the Gaussian at the start; the authors' code has 1.2
            for super-resolution of factor 4.
        steps: of the integral.

    Raises:
        ValueError: an unknown detector, a patch outside of the output, `blur` or `steps` not
            positive, an image or a baseline of another shape or that is no image, or sigma missing, not
            taken, or outside of 0 to 255.
    """
    if detector not in _DETECTORS:
        raise ValueError(f"detector must be one of {', '.join(_DETECTORS)}, got {detector!r}")
    if blur <= 0 or steps < 1:
        raise ValueError(f"blur and steps must be positive, got {blur} and {steps}")
    image = _scaled(image)
    _check(network, image, patch, sigma)
    if baseline is not None:
        baseline = _scaled(baseline)
        if baseline.shape != image.shape:
            raise ValueError(f"baseline must be of the image's shape {image.shape}, got {baseline.shape}")
    measured = _measured(network, patch, sigma, _DETECTORS[detector])
    # The path is a list of short straight pieces: its sum then has the error of the midpoint rule alone.
    points = (_between(image, baseline, blur, number / steps) for number in range(steps + 1))
    total, before = np.zeros_like(image), next(points)
    first = measured(before)[0]
    for point in points:
        _, gradient = measured((before + point) / 2)
        total += gradient.numpy()[0] * (point - before)[0]
        before = point
    last = measured(before)[0]
    return Attribution(total, float(last - first), tuple(patch), network.scale)


def show_attribution(path: str | os.PathLike, image: np.ndarray, found: dict[str, Attribution]) -> None:
    """Writes the photo with the patch framed, and each map in red over it, as PNG.

    Args:
        path: of the PNG.
        image: the input, as `attribute` takes it.
        found: attributions by what they are called.
    """
    image = _scaled(image)
    times = max(1, round(320 / image.shape[1]))
    gray = image.mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    first = next(iter(found.values()))
    shown = {"the patch": _framed(pictures.to_rgb(image), first.patch, times, first.scale)}
    for name, attribution in found.items():
        # The square root, since a few pixels beside the patch are far stronger than all others.
        alpha = np.sqrt(attribution.strength)[..., None]
        overlay = pictures.to_rgb((1 - alpha) * (0.3 + 0.7 * gray) + alpha * np.float32([0.9, 0, 0]))
        title = f"{name}: diffusion index {attribution.diffusion_index:.1f}"
        shown[title] = _framed(overlay, attribution.patch, times, attribution.scale)
    pictures.captioned(path, shown)


def _measured(network, patch, sigma, detector):
    """Function of an image, (1, height, width, channels): the detector's value, and its gradient."""
    top, left, height, width = patch

    @tf.function
    def measured(image):
        with tf.GradientTape() as tape:
            tape.watch(image)
            inputs = image if sigma is None else (image, tf.fill((1, 1, 1, 1), np.float32(sigma / 255)))
            value = detector(network(inputs, training=False)[:, top : top + height, left : left + width])
        return value, tape.gradient(value, image)

    return lambda image: measured(tf.constant(image))


def _between(image, baseline, blur, share) -> np.ndarray:
    """The path's image at `share` of its way, (1, height, width, channels)."""
    if baseline is not None:
        return (1 - share) * baseline[None] + share * image[None]
    # The kernel is continuous in its width down to none at all.
    sigma, radius = max(blur * (1 - share), 1e-3), int(np.ceil(3 * blur))
    padded = np.pad(image, ((radius, radius), (radius, radius), (0, 0)), mode="symmetric")
    return keras.ops.convert_to_numpy(filters.separable(padded[None], filters.gaussian_kernel(sigma, radius)))


_FLAT = 1e-10
"""Without it the root has no derivative where the patch is flat; a hundred-thousandth of the range."""


def _gradient(patch):
    """Sum of the gradient's magnitude, by differences between neighbours."""
    down, across = patch[:, 1:, :-1] - patch[:, :-1, :-1], patch[:, :-1, 1:] - patch[:, :-1, :-1]
    return tf.reduce_sum(tf.sqrt(down**2 + across**2 + _FLAT))


_DETECTORS = {"gradient": _gradient, "intensity": tf.reduce_sum}


def _scaled(image) -> np.ndarray:
    return np.float32(convert.scaled(ArrayPicture(np.asarray(image)).array))


def _check(network, image, patch, sigma):
    if image.shape[-1] != network.channels:
        raise ValueError(f"the image must be (height, width, {network.channels}), got {image.shape}")
    if (sigma is not None) != bool(network.noise_map):
        raise ValueError(f"{network.name} {'needs a' if network.noise_map else 'takes no'} sigma, got {sigma}")
    if sigma is not None and not 0 <= sigma <= 255:
        raise ValueError(f"sigma must be within 0 to 255, got {sigma}")
    scale = network.scale
    top, left, height, width = patch
    inside = top + height <= scale * image.shape[0] and left + width <= scale * image.shape[1]
    if min(top, left) < 0 or min(height, width) < 2 or not inside:
        raise ValueError(
            f"patch must be top, left, height and width of at least 2 pixels inside of the output, got {patch}"
        )


def _framed(picture, patch, times, scale):
    """A picture, (height, width, 3), uint8, `times` as large, with the patch in a yellow frame."""
    picture = picture.repeat(times, axis=0).repeat(times, axis=1)
    top, left, height, width = (round(side * times / scale) for side in patch)
    inside = picture[top : top + height, left : left + width].copy()
    picture[max(top - 2, 0) : top + height + 2, max(left - 2, 0) : left + width + 2] = (255, 210, 0)
    picture[top : top + height, left : left + width] = inside
    return picture
