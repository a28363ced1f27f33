"""resunet_color: colour photos with Gaussian noise of known strength, sigma 0 to 55.

    tfgan-zoo train resunet_color --data BSDS500

BSDS500's train and test photos, 400 in all, without val, which holds CBSD68. About two hours on
two CPU cores. The bottom's blocks all but died in that training (one of ten of their features
ever fires, and to what is restored they add less than 0.003 dB): what is published does without.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import GaussianNoise
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe

RECIPE = RestorationRecipe(
    name="resunet_color",
    summary="colour photos with Gaussian noise of a known or estimated level, sigma 0 to 55",
    limits=(
        "Trained on white Gaussian noise alone: the noise of a camera's JPEG is coarser and is left in part; "
        "resunet_photo is for that. "
        "Where sigma is told too high, fine texture goes with the noise."
    ),
    network=functools.partial(networks.ResUNet, 3, noise_map=True, tile_margin=48),
    degradation=GaussianNoise((0.0, 55 / 255), return_sigma=True),
    validation={f"sigma {s}": GaussianNoise(s / 255, return_sigma=True) for s in (15, 25, 50)},
    channels=3,
    phases=(
        Phase(steps=50_000, size=64, batch=16, loss=losses.Charbonnier()),
        Phase(steps=5_000, size=128, batch=8, loss=losses.Charbonnier()),
    ),
    finish=lambda network: network.with_bottom(0),
)
