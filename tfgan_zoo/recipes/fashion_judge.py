"""fashion_judge: fashion_features once more from another seed, to judge what a generator was asked for.

tfgan-zoo train fashion_judge --data FASHION_MNIST --seed 1
"""

import dataclasses

from tfgan_zoo.recipes import fashion_features

RECIPE = dataclasses.replace(
    fashion_features.RECIPE,
    name="fashion_judge",
    summary="names pieces of clothing; counts how often a generator shows what it was asked for (fmnist-cfid)",
    limits="For GAN-test alone, so that the judge is not the network whose features are compared.",
)
