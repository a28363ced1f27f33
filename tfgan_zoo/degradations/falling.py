"""What falls through the picture: rain and snow."""

import math

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, ends, fraction, per_image
from tfgan_zoo.ops import fields, filters, kernels, random, resize

_AIRLIGHT = 0.8
"""Of the mist."""


class _Falling(Degradation):
    """Layers of drops at random places, seen at several distances, in mist.

    Each layer is drawn on a grid half as fine as the one before and enlarged: nearer drops are
    larger, longer, fewer and less sharp.
    """

    def __init__(self, density, layers, strength, mist, **kwargs):
        super().__init__(**kwargs)
        self.density, self.strength = bounds("density", density, high=1.0), bounds("strength", strength, high=1.0)
        self.mist = bounds("mist", mist, high=1.0)
        self.layers = bounds("layers", layers, low=1, high=4)
        if any(number != int(number) for number in ends(layers)):
            raise ValueError(f"layers must be whole, got {layers}")

    def draw_air(self, count, seed):
        seeds = random.split(seed, 4)
        strength, mist = draw_range(self.strength, count, seeds[0]), draw_range(self.mist, count, seeds[1])
        fewest, most = map(int, ends(self.layers))
        present = random.uniform((count, 1), fewest, most + 1, seeds[2])
        density = ops.reshape(draw_range(self.density, count * most, seeds[3]), (-1, most))
        # The farthest is always there.
        density = ops.where(ops.arange(most, dtype="float32") + 1 <= present, density, 0.0)
        return {"density": density, "strength": strength, "mist": mist}

    def drops(self, images, kernels, density, seed):
        """Opacity of all layers together, (batch, height, width, 1), at least 0 and mostly at most 1."""
        count, height, width = ops.shape(images)[:3]
        total = 0.0
        for number, layer_seed in enumerate(random.split(seed, density.shape[1])):
            zoom = 2**number
            grid = [resize.scaled(side, 1 / zoom) for side in (height, width)]
            layer = _scattered((count, *grid, 1), kernels, density[:, number], layer_seed)
            if number:
                layer = resize.resize_to(layer, zoom * grid[0], zoom * grid[1])[:, :height, :width]
            # The light of a near drop is spread over more pixels.
            total = total + 0.7**number * layer
        return ops.relu(total)

    def get_config(self):
        own = {"density": self.density, "layers": self.layers, "strength": self.strength, "mist": self.mist}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("tfgan_zoo")
class RainStreaks(_Falling):
    """Rain: thresholded noise, convolved with an oriented streak; then B + S, or 1 - (1 - B)(1 - S).

    The result is in [0, 1] for images in [0, 1].

    Args:
        density: share of a layer's pixels at which a streak is centred, or a pair to draw it from
            for each image and layer.
        length: of the farthest layer's streaks in pixels, or a pair; each nearer layer's are
            twice as long.
        angle: of all streaks from the vertical in degrees, within -90 and 90, or a pair.
        width: standard deviation across the farthest layer's streaks in pixels, or a pair.
        layers: distances, 1 to 4, or a pair; the farthest is always there.
        strength: of the streaks, up to 1, or a pair.
        mist: opacity of the veil of far drops where it is thickest, or a pair.
        screen: share of images that get the second form, which never saturates; True is all.
        **kwargs: of `Degradation`.
    """

    def __init__(
        self,
        density=(0.002, 0.012),
        length=(6.0, 20.0),
        angle=(-30.0, 30.0),
        width=(0.4, 0.7),
        layers=3,
        strength=(0.2, 0.6),
        mist=(0.0, 0.3),
        screen: float = 0.0,
        **kwargs,
    ):
        super().__init__(density, layers, strength, mist, **kwargs)
        self.length, self.width = bounds("length", length, low=1.0, high=200.0), bounds("width", width, low=0.1)
        self.angle, self.screen = bounds("angle", angle, low=-90.0, high=90.0), fraction("screen", screen)

    def draw(self, count, seed):
        seeds = random.split(seed, 5)
        length, width, angle = (
            draw_range(value, count, s) for value, s in zip((self.length, self.width, self.angle), seeds)
        )
        radius = math.ceil(0.75 * ends(self.length)[1]) + 1
        streaks = kernels.streak(radius, length, width, angle * (math.pi / 180.0))
        screened = ops.cast(random.uniform((count,), 0.0, 1.0, seeds[4]) < self.screen, "float32")
        return {"kernels": streaks, "screened": screened, **self.draw_air(count, seeds[3])}

    def apply(self, images, seed, kernels, screened, density, strength, mist):
        drop_seed, mist_seed = random.split(seed, 2)
        streaks = per_image(strength) * self.drops(images, kernels, density, drop_seed)
        background = _veiled(images, mist, mist_seed)
        by_screen = 1.0 - (1.0 - background) * (1.0 - ops.minimum(streaks, 1.0))
        return ops.where(per_image(screened) > 0, by_screen, ops.clip(background + streaks, 0.0, 1.0))

    def get_config(self):
        own = {"length": self.length, "angle": self.angle, "width": self.width, "screen": self.screen}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("tfgan_zoo")
class Snow(_Falling):
    """Falling snow: soft white flakes, a little drawn out by their fall, that hide what is behind.

    Args:
        density: share of a layer's pixels at which a flake is centred, or a pair to draw it from
            for each image and layer.
        size: standard deviation of the farthest flakes in pixels, or a pair; each nearer layer's
            are twice as large.
        stretch: how much longer than wide a flake appears, or a pair.
        layers: distances, 1 to 4, or a pair; the farthest is always there.
        strength: opacity of the flakes, up to 1, or a pair.
        mist: as of `RainStreaks`.
        **kwargs: of `Degradation`.
    """

    def __init__(
        self,
        density=(0.002, 0.015),
        size=(0.5, 1.1),
        stretch=(1.0, 2.0),
        layers=3,
        strength=(0.6, 1.0),
        mist=(0.0, 0.4),
        **kwargs,
    ):
        super().__init__(density, layers, strength, mist, **kwargs)
        self.size, self.stretch = bounds("size", size, low=0.1), bounds("stretch", stretch, low=1.0)

    def draw(self, count, seed):
        seeds = random.split(seed, 4)
        size, stretch = draw_range(self.size, count, seeds[0]), draw_range(self.stretch, count, seeds[1])
        # Mostly downwards.
        angle = random.uniform((count,), math.pi / 4, 3 * math.pi / 4, seeds[2])
        largest = ends(self.size)[1] * ends(self.stretch)[1]
        flakes = kernels.gaussian(math.ceil(3 * largest), size * stretch, size, angle)
        flakes = flakes / ops.max(flakes, axis=(1, 2), keepdims=True)
        return {"kernels": flakes, **self.draw_air(count, seeds[3])}

    def apply(self, images, seed, kernels, density, strength, mist):
        drop_seed, mist_seed = random.split(seed, 2)
        opacity = per_image(strength) * ops.minimum(self.drops(images, kernels, density, drop_seed), 1.0)
        background = _veiled(images, mist, mist_seed)
        return background + (1.0 - background) * opacity

    def get_config(self):
        return {**super().get_config(), "size": self.size, "stretch": self.stretch}


def _scattered(shape, kernels, density, seed):
    """Kernels at a share `density` of the pixels, each of its own strength between 0.4 and 1."""
    chance = random.uniform(shape, 0.0, 1.0, seed)
    share = chance / ops.maximum(per_image(density), 1e-9)
    return filters.convolve(ops.where(share < 1.0, 0.4 + 0.6 * share, 0.0), kernels)


def _veiled(images, mist, seed):
    """Covers images with mist, thickest where a smooth random field is 1, half as thick where it is 0."""
    count, height, width = ops.shape(images)[:3]
    veil = per_image(mist) * (0.5 + 0.5 * fields.smooth(count, height, width, 4, seed))
    return images * (1.0 - veil) + _AIRLIGHT * veil
