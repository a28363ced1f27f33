import functools

import numpy as np

from tfgan_zoo import losses, models, networks, recipes, zoo
from tfgan_zoo.data import images
from tfgan_zoo.degradations import Downsample
from tfgan_zoo.recipes import Phase

NETWORK = functools.partial(networks.SRResNet, 3, 2, blocks=1, width=8, batch_norm=False, outer_kernel=3)


def model(network, degradation, dtype, seed):
    return models.SRGAN(
        network,
        networks.SRGANDiscriminator((32, 32, 3), width=4, dense=8, dtype=dtype),
        networks.ConvClassifier((32, 32, 3), 3, (4, 8), 6),
        degradation,
        seed=seed,
    )


def test_it_learns_on_from_a_preset_and_tells_its_psnr(folder, tmp_path):
    for path in images.files(folder):
        images.write(path, np.tile(images.read(path), (2, 2, 1)))
    start = NETWORK()
    recipe = recipes.AdversarialRecipe(
        name="small",
        summary="a test",
        limits="all",
        network=NETWORK,
        degradation=Downsample(2),
        validation={"x2": Downsample(2)},
        channels=3,
        phases=(Phase(20, 32, 2, losses.Charbonnier()),),
        learning_rate=1e-4,
        epoch=10,
        validation_side=64,
        scale=2,
        start=lambda: start,
        model=model,
    )
    preset = recipes.train(recipe, folder, tmp_path / "run", dtype="float32")
    facts, made = zoo.metadata(preset), zoo.load(preset)
    assert facts["training"]["steps"] == 20 and 5 < facts["held_out_psnr"] < 60
    moved = [np.abs(a - b).max() for a, b in zip(made.get_weights(), start.get_weights())]
    assert 0 < max(moved) < 0.05
    assert "against a discriminator" in recipe.origin(facts)
