"""cgan_flowers: a flower of the kind and the colour asked for.

    tfgan-zoo train cgan_flowers --data FLOWERS17

Few photos: each comes with three windows cut out of it, and the discriminator sees them under DiffAugment, in place
alone, since colour is asked for.
"""

import functools

from tfgan_zoo import data, layers, losses, models, networks
from tfgan_zoo.recipes.generation import GenerationRecipe

SIDE = 64
SHAPE = (SIDE, SIDE, 3)
CONDITIONS = {"label": 17, "color": (3,)}


def model(dtype, seed):
    """The two networks and their losses."""
    return models.ConditionalGAN(
        networks.DCGANGenerator(SHAPE, 96, width=32, most=384, smooth=True, conditions=CONDITIONS, dtype=dtype),
        networks.DCGANDiscriminator(SHAPE, width=48, most=384, conditions=CONDITIONS, dtype=dtype),
        losses.Relativistic(),
        (losses.R1(0.2), losses.R2(0.2)),
        augment=layers.DiffAugment(("translation", "cutout")),
        ema_images=20_000,
        seed=seed,
    )


RECIPE = GenerationRecipe(
    name="cgan_flowers",
    summary="a flower of the kind and colour asked for, 64 x 64",
    limits=(
        "Seventeen kinds, eighty photos each: shapes are rough, those of tulips and tiger lilies most of all, some "
        "textures show a grid, and a quarter of the photos' variety is reached (recall). Colours that a kind never has "
        "are guesses."
    ),
    examples=functools.partial(data.flowers, side=SIDE, windows=3),
    model=model,
    steps=10_000,
    batch=32,
    learning_rate=3e-4,
    flip=True,
    request=(' --label sunflower --color "#c03020"', ", label=13, color=[0.75, 0.19, 0.13]"),
)
