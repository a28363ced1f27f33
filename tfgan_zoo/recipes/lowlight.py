"""lowlight: photos taken in the dark, brighter and without their noise.

    tfgan-zoo train lowlight --data BSDS500

BSDS500's train and test photos, made dark and noisy as a camera would, half of them saved as JPEG. The training
starts from dehaze, whose network is of the same kind. About an hour on a CPU core.
"""

from tfgan_zoo import losses, networks, zoo
from tfgan_zoo.degradations import JPEG, Chain, LowLight, Quantize, RandomChoice
from tfgan_zoo.recipes import dehaze
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe


def _dark(gain, gamma=(1.0, 2.0), shot=(1e-4, 6e-3), last=()):
    return Chain([LowLight(gain, gamma, shot), *last, Quantize()])


def _start():
    return zoo.load("dehaze").network


RECIPE = RestorationRecipe(
    name="lowlight",
    summary="photos taken in the dark, made bright and clean",
    limits=(
        "How bright the scene was is a guess, and colours that the noise drowned are too; of two photos of one scene "
        "one may come out brighter. A photo that is not dark gets worse: leave it as it is. Lamps and what they light "
        "may come out flat. It judges by a photo made small, to 512 pixels, and leaves the noise of a larger one: "
        "clean that first, with resunet_photo. A TFLite file must be shown a larger one made small, too, as tfgan-zoo "
        "restore does. Simulated darkness; no real camera's was measured."
    ),
    network=dehaze.RECIPE.network,
    degradation=_dark((0.1, 1.0), last=[RandomChoice([JPEG((75, 98)), Chain([])])]),
    validation={f"gain {gain:g}": _dark(gain, 1.4, 1e-3) for gain in (0.3, 0.15)},
    channels=3,
    # Brightness misses by far more than noise does, and the mean difference's slope is the same for both; in the
    # spectrum brightness is one number, and noise all the others.
    phases=(Phase(steps=9_000, size=192, batch=4, loss=losses.FrequencyLoss(5.0)),),
    start=_start,
    patches={"upright": True},
    # Of a photo larger than those of BSDS500 it takes the brightness wrong, by 3 dB and more at three times the size.
    finish=lambda network: networks.Guided(network, 512),
)
