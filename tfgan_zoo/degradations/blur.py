"""Blur: each image is convolved with a kernel of its own, and its border mirrored."""

import math

import keras
import numpy as np
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, ends
from tfgan_zoo.degradations.compose import RandomChoice
from tfgan_zoo.ops import filters, kernels, random


class Blur(Degradation):
    """A convolution. A subclass gives `radius` and `kernels`."""

    @property
    def radius(self) -> int:
        """Pixels from the kernel's centre to its edge."""
        raise NotImplementedError

    def kernels(self, count, seed):
        """Draws `count` kernels of sum 1: (count, 2 radius + 1, 2 radius + 1)."""
        raise NotImplementedError

    def draw(self, count, seed):
        return {"kernels": self.kernels(count, seed)}

    def apply(self, images, seed, kernels):
        return filters.convolve(images, kernels)


@keras.saving.register_keras_serializable("tfgan_zoo")
class GaussianBlur(Blur):
    """Gaussian blur, round or elongated, and its generalised and plateau-shaped relatives.

    The forms are those of "Real-ESRGAN" (Wang et al. 2021, arXiv:2107.10833), section 3.2.

    Args:
        sigma: standard deviation in pixels, or a pair to draw it from for each image.
        across: that along the ellipse's other axis, likewise; the ellipse is turned at random.
            None makes it round.
        exponent: b in exp(-q^b / 2), or a pair: 1 is a Gaussian, less has heavier tails.
        plateau: takes 1 / (1 + q^b) instead, which is flat in the middle.
        radius: of the kernel in pixels, at least 1; three of the largest deviations by default.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if a value is out of its range.
    """

    def __init__(self, sigma=(0.2, 3.0), across=None, exponent=1.0, plateau: bool = False, radius=None, **kwargs):
        super().__init__(**kwargs)
        self.sigma = bounds("sigma", sigma, low=0.01, high=1000.0)
        self.across = None if across is None else bounds("across", across, low=0.01, high=1000.0)
        self.exponent, self.plateau = bounds("exponent", exponent, low=0.1, high=100.0), plateau
        if radius is not None and (radius != int(radius) or radius < 1):
            raise ValueError(f"radius must be a whole number of pixels, at least 1, got {radius}")
        self.given_radius = radius

    @property
    def radius(self):
        return self.given_radius or max(math.ceil(3 * max(*ends(self.sigma), *ends(self.across or 0.0))), 1)

    def kernels(self, count, seed):
        seeds = random.split(seed, 4)
        along = draw_range(self.sigma, count, seeds[0])
        across = along if self.across is None else draw_range(self.across, count, seeds[1])
        angle = random.uniform((count,), 0.0, math.pi, seeds[2])
        exponent = draw_range(self.exponent, count, seeds[3])
        return kernels.gaussian(self.radius, along, across, angle, exponent, self.plateau)

    def get_config(self):
        own = {"sigma": self.sigma, "across": self.across, "exponent": self.exponent, "plateau": self.plateau}
        return {**super().get_config(), **own, "radius": self.given_radius}


@keras.saving.register_keras_serializable("tfgan_zoo")
class DefocusBlur(Blur):
    """A lens out of focus: every point becomes a disk.

    Args:
        size: the disk's radius in pixels, or a pair to draw it from for each image.
        **kwargs: of `Degradation`.
    """

    def __init__(self, size=(1.0, 6.0), **kwargs):
        super().__init__(**kwargs)
        self.size = bounds("size", size, low=0.1, high=1000.0)

    @property
    def radius(self):
        return math.ceil(ends(self.size)[1] + 0.5)

    def kernels(self, count, seed):
        return kernels.disk(self.radius, draw_range(self.size, count, seed))

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("tfgan_zoo")
class SincFilter(Blur):
    """An ideal low-pass, which leaves ringing and overshoot as sharpening and strong JPEG do.

    Args:
        cutoff: highest frequency that passes, in radians a pixel, up to pi; or a pair.
        radius: of the kernel, at most 13.
        **kwargs: of `Degradation`.
    """

    def __init__(self, cutoff=(math.pi / 3, math.pi), radius: int = 10, **kwargs):
        super().__init__(**kwargs)
        self.cutoff = bounds("cutoff", cutoff, low=0.1, high=math.pi)
        if not 1 <= radius <= 13:
            raise ValueError(f"radius must be within 1 and 13, got {radius}")
        self.given_radius = radius

    @property
    def radius(self):
        return self.given_radius

    def kernels(self, count, seed):
        return kernels.sinc(self.radius, draw_range(self.cutoff, count, seed))

    def get_config(self):
        return {**super().get_config(), "cutoff": self.cutoff, "radius": self.given_radius}


@keras.saving.register_keras_serializable("tfgan_zoo")
class KernelBlur(Blur):
    """Blur by given kernels, such as measured ones; each image gets one of them.

    Args:
        measured: arrays of rank 2, of any sides, such as `data.kernels.read` gives; each is
            divided by its sum. Of an even side the middle is the pixel after the centre.
        turn: turns and mirrors the kernel at random, in eight ways.
        centred: moves each by whole pixels until its centre of mass is in the middle, so that the blurred
            image lies where the sharp one does; measured ones are often two or three pixels beside it.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if there is no kernel, or one is not of rank 2 or has no positive sum.
    """

    def __init__(self, measured, turn: bool = True, centred: bool = True, **kwargs):
        super().__init__(**kwargs)
        arrays = [np.asarray(kernel, np.float32) for kernel in measured]
        for array in arrays:
            if array.ndim != 2 or not 0 < array.sum() < math.inf:
                found = f"shape {array.shape} and sum {array.sum():g}"
                raise ValueError(f"a kernel is an array of rank 2 of positive sum, got {found}")
        if not arrays:
            raise ValueError("measured must hold at least one kernel, got none")
        self.measured, self.turn, self.centred = [array.tolist() for array in arrays], turn, centred
        self._stack = _stacked(arrays, turn, centred)

    @property
    def radius(self):
        return self._stack.shape[1] // 2

    def kernels(self, count, seed):
        point = random.uniform((count,), 0.0, float(len(self._stack)), seed)
        return ops.take(self._stack, ops.minimum(ops.cast(point, "int32"), len(self._stack) - 1), axis=0)

    def get_config(self):
        return {**super().get_config(), "measured": self.measured, "turn": self.turn, "centred": self.centred}


@keras.saving.register_keras_serializable("tfgan_zoo")
class RandomBlur(Blur, RandomChoice):
    """One of several blurs, chosen for each image.

    It does what `RandomChoice` does, at the cost of one convolution in all.

    Args:
        degradations: of class `Blur`.
        weights: of the choice, equal by default; they need not sum to 1.
        **kwargs: of `Degradation`.

    Raises:
        ValueError: if one of them is no `Blur`.
    """

    def __init__(self, degradations, weights=None, **kwargs):
        super().__init__(degradations, weights, **kwargs)
        for part in self.degradations:
            if not isinstance(part, Blur):
                raise ValueError(f"RandomBlur takes blurs, and RandomChoice any degradation; got {part.name}")

    @property
    def radius(self):
        return max(part.radius for part in self.degradations)

    def kernels(self, count, seed):
        seeds = random.split(seed, len(self.degradations) + 1)
        choice = RandomChoice.draw(self, count, seeds[0])["choice"]
        chosen = 0.0
        for number, (part, part_seed) in enumerate(zip(self.degradations, seeds[1:])):
            drawn = kernels.grown(part.kernels(count, part_seed), self.radius)
            chosen = ops.where((choice == number)[:, None, None], drawn, chosen)
        return chosen


def _stacked(arrays, turn, centred):
    """Kernels of one odd side and of sum 1, in all eight positions: (kernels, side, side)."""
    middles = [_centre(array) if centred else [side // 2 for side in array.shape] for array in arrays]
    # As far as the farthest edge is from the middle.
    radius = max(max(at, side - 1 - at) for a, middle in zip(arrays, middles) for at, side in zip(middle, a.shape))
    stack = []
    for array, middle in zip(arrays, middles):
        around = [(radius - at, radius - (side - 1 - at)) for at, side in zip(middle, array.shape)]
        stack.append(np.pad(array / array.sum(), around))
    if turn:
        stack = [np.rot90(k, turns) for kernel in stack for k in (kernel, kernel.T) for turns in range(4)]
    return np.stack(stack).astype(np.float32)


def _centre(kernel):
    """Row and column of the pixel nearest to the centre of mass."""
    return tuple(
        int(np.clip(np.round(np.arange(side) @ kernel.sum(axis=1 - axis) / kernel.sum()), 0, side - 1))
        for axis, side in enumerate(kernel.shape)
    )
