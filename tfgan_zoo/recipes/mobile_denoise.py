"""mobile_denoise: gray photos with Gaussian noise of known strength, sigma 0 to 55, on a phone.

    tfgan-zoo train mobile_denoise --data BSDS500

BSDS500's train and test photos as luma, without val, which holds BSD68, and without Set12's starfish. Under
100,000 weights, of operations that 8-bit arithmetic computes well. About two and a quarter hours on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import GaussianNoise
from tfgan_zoo.recipes.restoration import SET12, Phase, RestorationRecipe

RECIPE = RestorationRecipe(
    name="mobile_denoise",
    summary="gray photos with Gaussian noise of a known or estimated level, sigma 0 to 55, on a phone",
    limits=(
        "Small: where noise is strong, fine texture is smoother than the larger presets leave it. Trained on white "
        "Gaussian noise alone: structured noise, scan lines and film grain are left in part. It learnt from noise that "
        "was not cut off at black and white; in photos of 8 bits it is, and BSD68 has 28.69 dB for 29.02 at sigma 25, "
        "25.01 for 26.09 at sigma 50. In int8 28.61 and 24.98."
    ),
    network=functools.partial(networks.MobileDenoiser, 1, noise_map=True),
    degradation=GaussianNoise((0.0, 55 / 255), return_sigma=True),
    validation={f"sigma {s}": GaussianNoise(s / 255, return_sigma=True) for s in (15, 25, 50)},
    channels=1,
    phases=(
        Phase(steps=48_000, size=64, batch=16, loss=losses.Charbonnier()),
        Phase(steps=16_000, size=128, batch=8, loss=losses.Charbonnier()),
    ),
    leave_out=SET12,
)
