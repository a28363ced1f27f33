"""restore_anything: one network for camera noise, JPEG, rain, haze and darkness, which is told nothing.

    tfgan-zoo train restore_anything --data BSDS500

The network of dehaze and lowlight, from lowlight's weights: as many steps for five tasks as that had for one. No preset
of it comes with the package, since it is behind those of one task nearly everywhere: `tests/benchmarks/one_for_all.py`.
About an hour and a half on a CPU core.
"""

from tfgan_zoo import losses, zoo
from tfgan_zoo.degradations import JPEG, Chain, RandomChoice
from tfgan_zoo.recipes import dehaze, derain, lowlight, resunet_photo
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe

TASKS = {
    "noise": resunet_photo.RECIPE,
    "rain": derain.RECIPE,
    "haze": dehaze.RECIPE,
    "dark": lowlight.RECIPE,
}

RECIPE = RestorationRecipe(
    name="restore_anything",
    summary="photos with noise, JPEG's blocks, rain, haze or darkness: one network for all",
    limits=(
        "One fault a photo. It cannot tell a gray day from haze or dusk, and changes the brightness of a photo with a "
        "little noise, or with nothing wrong at all (34.8 dB on CBSD68). It learns scenes of Rain100: not to be "
        "measured on those."
    ),
    network=lowlight.RECIPE.network,
    # A twentieth with no fault at all.
    degradation=RandomChoice(
        [*(task.degradation for task in TASKS.values()), JPEG((8, 45)), Chain([])], weights=(4, 4, 4, 4, 3, 1)
    ),
    validation={
        **{name: list(task.validation.values())[-1] for name, task in TASKS.items()},
        "JPEG": JPEG(20),
    },
    channels=3,
    phases=(
        Phase(steps=7_000, size=192, batch=4, loss=losses.FrequencyLoss(5.0)),
        Phase(steps=2_000, size=208, batch=4, loss=losses.FrequencyLoss(5.0)),
    ),
    start=lambda: zoo.load("lowlight").network,
    patches={"upright": True},
)
