"""flower_judge: flower_features once more from another seed, to judge what a generator was asked for.

tfgan-zoo train flower_judge --data FLOWERS17 --seed 1
"""

import dataclasses

from tfgan_zoo.recipes import flower_features

RECIPE = dataclasses.replace(
    flower_features.RECIPE,
    name="flower_judge",
    summary="names seventeen kinds of flowers; counts how often a generator shows what it was asked for (flowers-prdc)",
    limits="For GAN-test alone, so that the judge is not the network whose features are compared.",
)
