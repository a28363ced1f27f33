"""Haze: the light that distance takes away, and the light that it adds."""

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, fraction, per_image
from tfgan_zoo.ops import fields, random, resize

_SHARPNESS = 250.0
"""Of a thing's edge: how steeply depth changes where a smooth field of 0 to 1 passes its threshold."""


@keras.saving.register_keras_serializable("tfgan_zoo")
class Haze(Degradation):
    """I = J t + A (1 - t), t = exp(-beta d) (Koschmieder 1924).

    Without a `depth` in the call, each image gets a random one, see `random_depth`.

    Args:
        beta: scattering per unit of depth, or a pair to draw it from for each image; over depths
            up to 1 the field uses 0.6 to 1.8.
        airlight: A, or a pair.
        tint: how far each channel's airlight may be from it at most, on either side; 0 is gray.
        **kwargs: of `Degradation`.
    """

    def __init__(self, beta=(0.6, 1.8), airlight=(0.7, 1.0), tint: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.beta, self.airlight = bounds("beta", beta), bounds("airlight", airlight, high=1.0)
        self.tint = fraction("tint", tint)

    def call(self, images, seed=None, depth=None):
        """Adds haze.

        Args:
            images: as of `Degradation`.
            seed: likewise.
            depth: of each pixel, (height, width, 1) with the images' leading dimension if they
                have one, not negative, in any unit of which `beta` is the inverse.

        Raises:
            ValueError: if the depth is not of that shape.
        """
        if depth is not None and not _fits(depth.shape, images.shape):
            raise ValueError(f"depth must be of the images' shape {images.shape} with one channel, got {depth.shape}")
        if depth is not None and len(images.shape) == 3:
            depth = depth[None]
        return self.degrade(images, seed, depth=depth)

    def draw(self, count, seed):
        seeds = random.split(seed, 3)
        return {
            "beta": draw_range(self.beta, count, seeds[0]),
            "airlight": draw_range(self.airlight, count, seeds[1]),
            "tint": random.uniform((count, 3), -self.tint, self.tint, seeds[2]),
        }

    def apply(self, images, seed, beta, airlight, tint, depth=None):
        if depth is None:
            depth = random_depth(images, seed)
        transmission = ops.exp(-per_image(beta) * ops.cast(depth, images.dtype))
        color = per_image(airlight)
        if images.shape[-1] == 3:
            color = ops.clip(color + tint[:, None, None, :], 0.0, 1.0)
        return images * transmission + color * (1.0 - transmission)

    def get_config(self):
        return {**super().get_config(), "beta": self.beta, "airlight": self.airlight, "tint": self.tint}


def _fits(depth, images):
    """Whether a depth's shape is that of images with one channel, as far as both are known."""
    known = zip(depth[:-1], images[:-1])
    return len(depth) == len(images) and depth[-1] == 1 and all(None in pair or pair[0] == pair[1] for pair in known)


def random_depth(images, seed):
    """Random depths for images: (batch, height, width, 1).

    A mixture, in random shares, of a ground plane that recedes to a horizon and of a smooth field; in
    half of the images with up to three things in front of it, whose edges follow the image's own
    light, or its darkness, more or less. The nearest point is at 0 to 0.6, since few photos show anything that haze
    leaves alone, the farthest anywhere from a little behind it to 1.5: a part of a photo may be of one depth.
    """
    count, height, width = ops.shape(images)[:3]
    seeds = random.split(seed, 6)
    share = random.uniform((count, 1, 1, 1), 0.0, 1.0, seeds[0])
    mixture = share * fields.plane(count, height, width, seeds[1]) + (1.0 - share) * fields.smooth(
        count, height, width, 5, seeds[2]
    )
    mixture = mixture - _things(images, seeds[5])
    near = random.uniform((count, 1, 1, 1), 0.0, 0.6, seeds[3])
    behind = random.uniform((count, 1, 1, 1), 0.05, 1.0, seeds[4]) * (1.5 - near)
    return near + behind * fields.stretched(mixture)


def _things(images, seed):
    """How much nearer than the ground things are: smooth fields, cut off softly, in half of the images."""
    count, height, width = ops.shape(images)[:3]
    light = ops.stop_gradient(ops.mean(images, axis=-1, keepdims=True))
    light = resize.resize_to(resize.resize_to(light, -(-height // 6), -(-width // 6)), height, width)
    total = 0.0
    for one in random.split(seed, 3):
        field_seed, own = random.split(one, 2)
        nearer, follows, threshold = ops.split(random.uniform((count, 3, 1, 1), 0.0, 1.0, own), 3, axis=1)
        field = fields.smooth(count, height, width, 5, field_seed) + (4.0 * follows - 2.0) * light
        edge = ops.sigmoid(_SHARPNESS * (fields.stretched(field) - (0.4 + 0.5 * threshold)))
        total = total + ops.relu(nearer - 0.4) * edge
    return total * ops.cast(random.uniform((count, 1, 1, 1), 0.0, 1.0, random.fold(own, 0)) < 0.5, "float32")
