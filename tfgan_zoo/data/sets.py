"""The data sets that the zoo's generators learn from, read whole, with the conditions that are asked for."""

import dataclasses
import os
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from tfgan_zoo.data import conditions, convert, images
from tfgan_zoo.data.labelled import labelled

_HELD_OUT_EVERY = 10
_TURNS = (0.0, 0.25, 0.5, 0.75)


@dataclasses.dataclass(frozen=True)
class Examples:
    """What a generator learns from.

    Attributes:
        arrays: "image", uint8, (count, height, width, channels), and the conditions, by name,
            for `data.batches`.
        classes: names of a label's values, by the label's name.
        held_out: arrays of the same names, and more, that are not trained on; None without.
    """

    arrays: dict[str, np.ndarray]
    classes: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    held_out: dict[str, np.ndarray] | None = None


def mnist(source: str | os.PathLike) -> Examples:
    """MNIST or Fashion-MNIST: "image", (28, 28, 1), and "label"; the test images are held out."""
    train, test = (labelled(source, split, channels=1) for split in ("train", "test"))
    parts = [{"image": part.images, "label": part.labels} for part in (train, test)]
    return Examples(parts[0], {"label": train.classes}, parts[1])


def flowers(source: str | os.PathLike, side: int = 64) -> Examples:
    """Photos of flowers in one folder a kind: "image", "label", and "color".

    The colour is the mean of each photo's middle, the colourful and the not green counting most.
    One photo in ten is held out.
    """
    read = labelled(source, side=side)
    color = conditions.dominant_color(read.images, _middle(side) * _not_green(read.images))
    whole = {"image": read.images, "label": read.labels, "color": color}
    kept = np.arange(len(read.labels)) % _HELD_OUT_EVERY == 0
    training, held_out = ({name: array[k] for name, array in whole.items()} for k in (~kept, kept))
    return Examples(training, {"label": read.classes}, held_out)


def emoji(source: str | os.PathLike, side: int = 64) -> Examples:
    """Emoji on white: "image", "outline", "color", and "label", the code point.

    PNG files with alpha, named after their code points as Noto's are (emoji_u1f600_1f3fb.png),
    in a folder or in a tar file in it. Each comes in its own colours and in three others, turned
    around the colour circle, so that the colour asked for decides and not the outline. One code
    point in ten, with all its variants, is held out, with its "opacity" in [0, 1].
    """
    with tempfile.TemporaryDirectory() as unpacked:
        for archive in sorted(Path(source).glob("*.tar")):
            with tarfile.open(archive) as file:
                file.extractall(unpacked, filter="data")
            source = unpacked
        paths = images.files(source)
        made = [_on_white(path, side) for path in paths]
    pictures, opacity = np.stack([m[0] for m in made]), np.stack([m[1] for m in made])
    points = [path.stem.split("_")[1] if "_" in path.stem else path.stem for path in paths]
    names, label = np.unique(points, return_inverse=True)
    kept = np.array([sum(point.encode()) % _HELD_OUT_EVERY == 0 for point in points])
    training, held_out = (_turned(pictures[k], opacity[k], label[k].astype(np.int32)) for k in (~kept, kept))
    del training["opacity"]
    return Examples(training, {"label": tuple(names)}, held_out)


def _on_white(path, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The emoji on white, (side, side, 3) uint8, and its opacity, (side, side) in [0, 1]."""
    picture = images.Picture(path)
    shape = (picture.height, picture.width)
    alpha = picture.image[picture.channels].numpy() if picture.has_alpha else np.full(shape, 255)
    alpha = np.reshape(alpha, (*shape, 1)).astype(np.float32) / 255
    color = convert.as_channels(picture.pixels(), 3)
    whole = np.round(alpha * color + (1 - alpha) * 255).astype(np.uint8)
    opacity = np.round(255 * alpha).astype(np.uint8)
    return convert.square(whole, side), convert.square(opacity, side)[..., 0].astype(np.float32) / 255


def _turned(pictures, opacity, label):
    """Arrays of all emoji in all turns of the colour circle."""
    parts = []
    for turn in _TURNS:
        turned = conditions.rotate_hue(pictures, turn)
        parts.append({
            "image": turned,
            "outline": conditions.outline(turned),
            "color": conditions.dominant_color(turned, opacity),
            "label": label,
            "opacity": opacity,
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _middle(side):
    distance = np.linspace(-1, 1, side, dtype=np.float32) ** 2
    return np.exp(-2 * (distance[:, None] + distance[None]))


def _not_green(photos):
    """Near 0 where green is the strongest channel, else 1."""
    red, green, blue = np.moveaxis(photos.astype(np.float32) / 255, -1, 0)
    return np.clip(1 - 8 * (green - np.maximum(red, blue)), 0.02, 1)
