"""Degradations made of degradations."""

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, per_image
from tfgan_zoo.ops import color, random


class _Composed(Degradation):
    """Holds other degradations and hands each a seed of its own."""

    def __init__(self, degradations, **kwargs):
        super().__init__(**kwargs)
        self.degradations = list(degradations)

    def get_config(self):
        parts = [keras.saving.serialize_keras_object(part) for part in self.degradations]
        return {**super().get_config(), "degradations": parts}

    @classmethod
    def from_config(cls, config):
        parts = [keras.saving.deserialize_keras_object(part) for part in config["degradations"]]
        return cls(**{**config, "degradations": parts})


@keras.saving.register_keras_serializable("tfgan_zoo")
class Chain(_Composed):
    """One after the other. An empty chain changes nothing.

    Args:
        degradations: in order; only the last may return more than the image.
        **kwargs: of `Degradation`.
    """

    def apply(self, images, seed):
        for part, part_seed in zip(self.degradations, random.split(seed, len(self.degradations) or 1)):
            if isinstance(images, tuple):
                raise ValueError(f"only the last degradation of a Chain may return a sigma map; before {part.name}")
            images = part(images, seed=part_seed.state)
        return images


@keras.saving.register_keras_serializable("tfgan_zoo")
class RandomChoice(_Composed):
    """One of several, chosen for each image.

    All are computed and one is kept, so the cost is that of their sum.

    Args:
        degradations: to choose from; each returns an image alone.
        weights: of the choice, equal by default; they need not sum to 1.
        **kwargs: of `Degradation`.
    """

    def __init__(self, degradations, weights=None, **kwargs):
        super().__init__(degradations, **kwargs)
        if weights is not None and (len(weights) != len(self.degradations) or min(weights) < 0 or sum(weights) <= 0):
            raise ValueError(f"weights must be one non-negative number a degradation, not all 0, got {weights}")
        self.weights_ = None if weights is None else tuple(weights)

    def draw(self, count, seed):
        weights = self.weights_ or (1.0,) * len(self.degradations)
        point = random.uniform((count,), 0.0, float(sum(weights)), seed)
        thresholds = ops.cumsum(ops.array(weights, "float32"))[:-1]
        return {"choice": ops.sum(ops.cast(point[:, None] >= thresholds, "int32"), axis=-1)}

    def apply(self, images, seed, choice):
        seeds = random.split(seed, len(self.degradations))
        return _choose(self.degradations, images, seeds, choice)

    def get_config(self):
        return {**super().get_config(), "weights": self.weights_}


@keras.saving.register_keras_serializable("tfgan_zoo")
class RandomOrder(_Composed):
    """All of several, in an order drawn for each image.

    Every order is as likely as the others. Of n degradations, n images at a time get the n
    rotations of one order, so that each degradation has its share of the batch at every step and
    the cost is that of a `Chain`, if the batch is a multiple of n or much larger.

    Args:
        degradations: each returns an image alone, of the size it was given.
        **kwargs: of `Degradation`.
    """

    def apply(self, images, seed):
        count, batch = len(self.degradations), ops.shape(images)[0]
        if not count:
            return images
        order_seed, *seeds = random.split(seed, 1 + count * count)
        share = -(-batch // count)
        orders = _rotations(share, count, order_seed)
        # Filled up with the first image to a whole share for each.
        images = ops.concatenate([images, ops.tile(images[:1], (share * count - batch, 1, 1, 1))], axis=0)
        for place in range(count):
            # One part's images after the other's: `share` of each.
            sorting = ops.argsort(orders[:, place] * (share * count) + ops.arange(share * count))
            images, degraded = ops.take(images, sorting, axis=0), []
            for number, part in enumerate(self.degradations):
                some = images[number * share : (number + 1) * share]
                degraded.append(_alone(part, part(some, seed=seeds[place * count + number].state)))
            images = ops.take(ops.concatenate(degraded, axis=0), ops.argsort(sorting), axis=0)
        return images[:batch]


@keras.saving.register_keras_serializable("tfgan_zoo")
class InLinearLight(Degradation):
    """Another degradation as it happens in a camera: to the light itself, of which a photo cuts off the brightest.

    Display values become linear light; what is nearly white may have been brighter than the photo
    tells, as lamps and the sun are, whose streaks a blurred photo shows; the result is clipped and
    brought back to display values.

    Args:
        degradation: that returns an image alone.
        highlights: how many times as bright as white what is white was, or a pair to draw it from
            for each image; what is darker was so by the eighth power of its light.
        **kwargs: of `Degradation`.
    """

    def __init__(self, degradation, highlights=1.0, **kwargs):
        super().__init__(**kwargs)
        self.degradation = degradation
        self.highlights = bounds("highlights", highlights, low=1.0)

    def draw(self, count, seed):
        return {"highlights": draw_range(self.highlights, count, seed)}

    def apply(self, images, seed, highlights):
        light = color.srgb_to_linear(images)
        light = light * (1.0 + (per_image(highlights) - 1.0) * ops.clip(light, 0.0, 1.0) ** 8)
        degraded = _alone(self.degradation, self.degradation(light, seed=seed.state))
        return color.linear_to_srgb(ops.clip(degraded, 0.0, 1.0))

    def get_config(self):
        part = keras.saving.serialize_keras_object(self.degradation)
        return {**super().get_config(), "degradation": part, "highlights": self.highlights}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "degradation": keras.saving.deserialize_keras_object(config["degradation"])})


def _rotations(share, count: int, seed):
    """Orders of `count` numbers, int32, (count x share, count); rows a `share` apart are rotations of one."""
    first = ops.cast(ops.argsort(random.uniform((share, count), 0.0, 1.0, seed), axis=-1), "int32")
    return ops.concatenate([ops.roll(first, turn, axis=1) for turn in range(count)], axis=0)


def _alone(part, degraded):
    if isinstance(degraded, tuple):
        raise ValueError(f"{part.name} returns a sigma map, which a choice or an order of degradations cannot hold")
    return degraded


def _choose(degradations, images, seeds, choice):
    """For each image the result of the degradation whose number is in `choice`, (batch,)."""
    chosen = images
    for number, (part, seed) in enumerate(zip(degradations, seeds)):
        degraded = _alone(part, part(images, seed=seed.state))
        chosen = ops.where(choice[:, None, None, None] == number, degraded, chosen)
    return chosen
