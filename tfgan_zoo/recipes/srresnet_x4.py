"""srresnet_x4: photos four times as high and wide.

    tfgan-zoo train srresnet_x4 --data BSDS500

BSDS500's train and test photos, without "woman" of Set5. SRResNet without normalisation and with 3x3 kernels at its
ends, as EDSR's baseline, on top of bicubic enlargement; its rectifiers are SRResNet's, which do not die. About two
and a quarter hours on a CPU core.
"""

import functools

from tfgan_zoo import losses, networks
from tfgan_zoo.degradations import Chain, Downsample, Quantize
from tfgan_zoo.recipes.restoration import SET5, Phase, RestorationRecipe

DEGRADATION = Chain([Downsample(4), Quantize()])

RECIPE = RestorationRecipe(
    name="srresnet_x4",
    summary="photos four times as high and wide (SRResNet)",
    limits=(
        "Learnt from photos that were made small by a bicubic filter and had neither noise nor JPEG: those grow "
        "with the photo; clean it first. Edges become sharp; texture that the small photo lacks stays soft."
    ),
    network=functools.partial(
        networks.SRResNet, 3, 4, batch_norm=False, activation="prelu", outer_kernel=3, skip="bicubic"
    ),
    degradation=DEGRADATION,
    validation={"x4": DEGRADATION},
    channels=3,
    phases=(Phase(steps=8_500, size=128, batch=8, loss=losses.Charbonnier()),),
    scale=4,
    leave_out=SET5,
    patches={"scales": (1, 0.8, 0.6)},
)
