"""emoji_features: tells emoji apart; its hidden features measure generators of them.

    tfgan-zoo train emoji_features --data NOTO_EMOJI

Every code point is a class of its own, known by its variants, four turns of the colour circle
and augmentation (exemplar networks, Dosovitskiy et al. 2014, arXiv:1406.6909).
"""

import dataclasses
import functools

from tfgan_zoo import data, layers, networks
from tfgan_zoo.recipes.classification import ClassificationRecipe


def examples(source) -> data.Examples:
    """Those that generators train on; what is held out is of classes never seen."""
    return dataclasses.replace(data.emoji(source), held_out=None)


def network(dtype):
    """Code points by number, up to as many as Noto has."""
    return networks.ConvClassifier((64, 64, 3), 1_500, widths=(32, 64, 128, 128), dtype=dtype)


RECIPE = ClassificationRecipe(
    name="emoji_features",
    summary="tells emoji apart; its features measure generators of them (emoji-fd)",
    limits="For measuring emoji's generators. Not for choosing among their checkpoints.",
    examples=examples,
    network=network,
    steps=5_000,
    augment=functools.partial(layers.DiffAugment, probability=0.7),
)
