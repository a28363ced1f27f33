"""texture_features: says which of 383 photos a small piece is from; what it looks at says what looks alike.

    tfgan-zoo train texture_features --data BSDS500

Its feature maps are the perceptual loss of srgan_x4, since VGG19's weights are not at hand. Learns from the left two
thirds of each photo, without "woman" of Set5; pieces of the right third are held out.
"""

import functools

from tfgan_zoo import data, layers, networks
from tfgan_zoo.recipes.classification import ClassificationRecipe
from tfgan_zoo.recipes.restoration import SET5

SIDE = 64

RECIPE = ClassificationRecipe(
    name="texture_features",
    summary="which of 383 photos a piece is from; its feature maps are a perceptual loss",
    limits="For losses. What it learnt are the textures and colours of those photos, not things.",
    examples=functools.partial(data.pieces, side=SIDE, leave_out=SET5),
    network=functools.partial(networks.ConvClassifier, (SIDE, SIDE, 3), 383, widths=(32, 64, 128, 128)),
    steps=6_000,
    serves="train srgan_x4 --data BSDS500",
    augment=functools.partial(layers.DiffAugment, ("color",), probability=0.5),
)
