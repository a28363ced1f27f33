"""pix2pix_emoji: an outline and a colour in, a coloured emoji out, 64 x 64.

    tfgan-zoo train pix2pix_emoji --data NOTO_EMOJI

Noto emoji (Apache-2.0) on white. Each is learnt in its own colours and in three others, turned
around the colour circle, so that the colour asked for decides and not the outline. One code
point in ten, with all its variants, is held out.
"""

import os
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from tfgan_zoo import losses, models, networks
from tfgan_zoo.data import conditions, convert, images
from tfgan_zoo.recipes.generation import Examples, GenerationRecipe

SIDE = 64
SHAPE = (SIDE, SIDE, 3)
CONDITIONS = {"outline": (SIDE, SIDE, 1), "color": (3,)}
TURNS = (0.0, 0.25, 0.5, 0.75)


def examples(source: str | os.PathLike) -> Examples:
    """Emoji as PNG files with alpha in a folder, or in a tar file in it."""
    with tempfile.TemporaryDirectory() as unpacked:
        for archive in sorted(Path(source).glob("*.tar")):
            with tarfile.open(archive) as file:
                file.extractall(unpacked, filter="data")
            source = unpacked
        paths = images.files(source)
        made = [_on_white(path) for path in paths]
    kept = np.array([sum(path.stem.split("_")[1].encode()) % 10 == 0 if "_" in path.stem else False for path in paths])
    pictures, opacity = np.stack([m[0] for m in made]), np.stack([m[1] for m in made])
    training = [_arrays(conditions.rotate_hue(pictures[~kept], turn), opacity[~kept]) for turn in TURNS]
    joined = {name: np.concatenate([arrays[name] for arrays in training]) for name in training[0]}
    return Examples(joined, held_out=_arrays(pictures[kept], opacity[kept]))


def _on_white(path) -> tuple[np.ndarray, np.ndarray]:
    """The emoji on white, (64, 64, 3) uint8, and its opacity, (64, 64) in [0, 1]."""
    picture = images.Picture(path)
    alpha = (
        picture.image[picture.channels].numpy() if picture.has_alpha else np.full((picture.height, picture.width), 255)
    )
    alpha = np.reshape(alpha, (picture.height, picture.width, 1)).astype(np.float32) / 255
    color = convert.as_channels(picture.pixels(), 3)
    whole = np.round(alpha * color + (1 - alpha) * 255).astype(np.uint8)
    scale = SIDE / max(whole.shape[:2])
    return convert.reduce(whole, scale), convert.reduce(np.round(255 * alpha).astype(np.uint8), scale)[..., 0] / 255


def _arrays(pictures, opacity):
    return {
        "image": pictures,
        "outline": conditions.outline(pictures),
        "color": conditions.dominant_color(pictures, opacity),
    }


def model(dtype, seed):
    """The two networks and their losses."""
    return models.ImageToImage(
        networks.UNetGenerator(SHAPE, widths=(32, 64, 128), conditions=CONDITIONS, dtype=dtype),
        networks.PatchDiscriminator(SHAPE, widths=(32, 64, 128), conditions=CONDITIONS, dtype=dtype),
        losses.Hinge(),
        (losses.R1(0.1),),
        penalty_every=8,
        pixel_weight=50.0,
        ema_images=20_000,
        seed=seed,
    )


RECIPE = GenerationRecipe(
    name="pix2pix_emoji",
    summary="a coloured emoji from an outline and a colour, 64 x 64",
    limits="Knows Noto's flat style alone. One colour is asked for; the others follow from habit.",
    examples=examples,
    model=model,
    steps=40_000,
    batch=16,
    learning_rate=2e-4,
    betas=(0.5, 0.99),
    flip=True,
)
