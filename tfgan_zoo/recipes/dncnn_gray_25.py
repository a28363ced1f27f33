"""dncnn_gray_25: the network of the DnCNN paper, for gray photos with Gaussian noise of sigma 25.

    tfgan-zoo train dncnn_gray_25 --data BSDS500

Architecture, noise and patches' origin are the paper's (arXiv:1608.03981, DnCNN-S); optimizer
and schedule are ours, for hours on two CPU cores instead of days on a GPU. Set12's starfish is left out.
"""

import functools

import keras

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import GaussianNoise
from tfgan_zoo.recipes.restoration import SET12, Phase, RestorationRecipe

RECIPE = RestorationRecipe(
    name="dncnn_gray_25",
    summary="gray photos with Gaussian noise of sigma 25: the DnCNN paper's network",
    limits=(
        "Knows one noise level: on weaker noise it blurs, on stronger noise it leaves speckles. It costs six times as "
        "much a pixel as resunet_gray. Set12's starfish is a piece of a photo that it learnt from, 12003 of BSDS500, "
        "which its recipe leaves out by now: the mean of the other eleven is 30.45 dB."
    ),
    network=functools.partial(networks.DnCNN, 1, depth=17),
    degradation=GaussianNoise(25 / 255),
    validation={"sigma 25": GaussianNoise(25 / 255)},
    channels=1,
    phases=(
        Phase(steps=25_000, size=40, batch=32, loss=losses.Charbonnier()),
        # Patches of 40 pixels are all border to a network that looks 17 pixels far.
        Phase(steps=3_000, size=80, batch=8, loss=keras.losses.MeanSquaredError()),
    ),
    leave_out=SET12,
)
