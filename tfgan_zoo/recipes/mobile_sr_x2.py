"""mobile_sr_x2: photos twice as high and wide, on a phone.

    tfgan-zoo train mobile_sr_x2 --data BSDS500

BSDS500's train and test photos, without "woman" of Set5. Under 60,000 weights, of operations that 8-bit arithmetic
computes well. About two and a half hours on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import Chain, Downsample, Quantize
from tfgan_zoo.recipes.restoration import SET5, Phase, RestorationRecipe

DEGRADATION = Chain([Downsample(2), Quantize()])

RECIPE = RestorationRecipe(
    name="mobile_sr_x2",
    summary="photos twice as high and wide, on a phone",
    limits=(
        "Learnt from photos that were made small by a bicubic filter and had neither noise nor JPEG: those grow "
        "with the photo; clean it first."
    ),
    network=functools.partial(networks.MobileSR, 3, 2, depth=8),
    degradation=DEGRADATION,
    validation={"x2": DEGRADATION},
    channels=3,
    phases=(Phase(steps=55_000, size=96, batch=16, loss=losses.Charbonnier()),),
    scale=2,
    leave_out=SET5,
    patches={"scales": (1, 0.8, 0.6)},
)
