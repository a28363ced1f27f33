"""cgan_flowers: a flower of the kind and the colour asked for.

    tfgan-zoo train cgan_flowers --data FLOWERS17

1,360 photos: the discriminator sees them under DiffAugment. The colour is the mean of each
photo's middle, the colourful and the not green counting most.
"""

import numpy as np

from tfgan_zoo import data, layers, losses, models, networks
from tfgan_zoo.data import conditions
from tfgan_zoo.recipes.generation import Examples, GenerationRecipe

SIDE = 64
SHAPE = (SIDE, SIDE, 3)
CONDITIONS = {"label": 17, "color": (3,)}


def examples(source) -> Examples:
    """Photos in one folder a kind."""
    read = data.labelled(source, side=SIDE)
    color = conditions.dominant_color(read.images, _middle(SIDE) * _not_green(read.images))
    return Examples({"image": read.images, "label": read.labels, "color": color}, {"label": read.classes})


def _middle(side):
    distance = np.linspace(-1, 1, side, dtype=np.float32) ** 2
    return np.exp(-2 * (distance[:, None] + distance[None]))


def _not_green(images):
    """Near 0 where green is the strongest channel, else 1."""
    red, green, blue = np.moveaxis(images.astype(np.float32) / 255, -1, 0)
    return np.clip(1 - 8 * (green - np.maximum(red, blue)), 0.02, 1)


def model(dtype, seed):
    """The two networks and their losses."""
    return models.ConditionalGAN(
        networks.DCGANGenerator(SHAPE, 96, width=48, most=384, conditions=CONDITIONS, dtype=dtype),
        networks.DCGANDiscriminator(SHAPE, width=48, most=384, conditions=CONDITIONS, dtype=dtype),
        losses.Relativistic(),
        (losses.R1(2.0), losses.R2(2.0)),
        augment=layers.DiffAugment(),
        ema_images=20_000,
        seed=seed,
    )


RECIPE = GenerationRecipe(
    name="cgan_flowers",
    summary="a flower of the kind and colour asked for, 64 x 64",
    limits="Seventeen kinds, eighty photos each: shapes are rough, and colours that a kind never has are guesses.",
    examples=examples,
    model=model,
    steps=40_000,
    batch=32,
    learning_rate=3e-4,
    flip=True,
)
