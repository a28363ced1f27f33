"""The demo: a real photo is degraded, restored and shown, with numbers."""

import os
import time

import numpy as np

from tfgan_zoo import inference, metrics, pictures, recipes, zoo
from tfgan_zoo.degradations import JPEG, Chain, PoissonGaussianNoise

DARK_ROOM = Chain([PoissonGaussianNoise(0.004, mosaic=1.0), JPEG(80)])
"""A camera's noise in a dark room, and the JPEG that it writes."""


def run(path: str | os.PathLike) -> None:
    """Takes a photo as in a dark room, restores it, prints numbers, writes a picture.

    Args:
        path: of the PNG or JPEG to write.
    """
    clean = pictures.cat().astype(np.float32) / 255
    noisy = np.asarray(DARK_ROOM(clean, seed=1))
    network = zoo.load(zoo.DEFAULT)
    started = time.perf_counter()
    restored = inference.restore(network, noisy)
    seconds = time.perf_counter() - started
    before, after = (float(metrics.PSNR()(clean[None], image[None])) for image in (noisy, restored))
    pictures.captioned(
        path, {f"dark room, {before:.2f} dB": noisy, f"restored, {after:.2f} dB": restored, "clean": clean}
    )
    print(f"{zoo.DEFAULT}: PSNR {before:.2f} dB before, {after:.2f} dB after, {seconds:.2f} s; picture: {path}")


def gallery(path: str | os.PathLike, names: list[str]) -> None:
    """Writes a strip a preset: a photo degraded as the preset expects, restored, and as it was.

    Args:
        path: of the PNG or JPEG to write.
        names: of presets that restore.

    Raises:
        ValueError: a preset that restores nothing, or of no recipe, which says what it expects.
    """
    photo, rows = pictures.cat(), []
    for name in names:
        facts = zoo.metadata(name)
        if "recipe" not in facts:
            raise ValueError(f"{name} was trained by no recipe, which would say what it restores")
        recipe = recipes.get(facts["recipe"])
        if not isinstance(recipe, recipes.RestorationRecipe):
            raise ValueError(f"{name} restores nothing; presets that do: {', '.join(restorers())}")
        degraded, restored, (_, clean) = recipe.strip(zoo.load(name), photo)
        rows += [degraded, (f"{name}, {restored[0]}", restored[1]), ("clean", clean)]
        print(f"{name}: {degraded[0]}, {restored[0]}")
    pictures.captioned(path, rows, columns=3)


def restorers() -> list[str]:
    """Names of the presets that restore."""
    return [name for name in zoo.list() if "multiply_adds_per_pixel" in zoo.metadata(name)]
