"""The data sets that the zoo's generators learn from, read whole, with the conditions that are asked for."""

import dataclasses
import os
import tarfile
import tempfile
import zlib
from pathlib import Path

import numpy as np

from tfgan_zoo.data import conditions, convert, images
from tfgan_zoo.data.labelled import labelled

# The files of Fashion-MNIST have numbers alone (github.com/zalandoresearch/fashion-mnist).
_FASHION = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_HELD_OUT_EVERY = 10
_TURNS = (0.0, 0.25, 0.5, 0.75)
_FLOWER_TURNS = (1 / 3, 2 / 3)
_LARGER = 1.5
"""Times as large as they are wanted photos of flowers are read, to cut windows out of."""
_SAME_TO_THE_EYE = 2.0
"""Mean difference in 8-bit levels below which a turn of the colour circle changed nothing."""


@dataclasses.dataclass(frozen=True)
class Examples:
    """What a generator learns from.

    Attributes:
        arrays: "image", uint8, (count, height, width, channels), and the conditions, by name,
            for `data.batches`.
        classes: names of a label's values, by the label's name.
        held_out: arrays of the same names, and more, that are not trained on; None without.
        real: how many of the arrays' first rows are as they were taken; the rest were made of
            them, to learn from, and a generator is not asked to be like those.
    """

    arrays: dict[str, np.ndarray]
    classes: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    held_out: dict[str, np.ndarray] | None = None
    real: int | None = None

    def taken(self) -> dict[str, np.ndarray]:
        """The training images as they were taken, and their conditions."""
        return {name: values[: self.real] for name, values in self.arrays.items()}


def fashion_mnist(source: str | os.PathLike) -> Examples:
    """Fashion-MNIST: "image", (28, 28, 1), and "label"; the test images are held out."""
    train, test = (labelled(source, split, channels=1) for split in ("train", "test"))
    parts = [{"image": part.images, "label": part.labels} for part in (train, test)]
    return Examples(parts[0], {"label": _FASHION}, parts[1])


def flowers(source: str | os.PathLike, side: int = 64, windows: int = 0) -> Examples:
    """Photos of flowers in one folder a kind: "image", "label", and "color".

    The colour is `flower_color`. One photo in ten is held out. Each of the others also comes
    with what is not green turned around the colour circle, so that colours are asked for that
    its kind never has.

    Args:
        source: a folder with one folder a kind.
        side: of the images.
        windows: how many drawn windows of a training photo come beside it, of 77 to 100 % of its side.
    """
    read = labelled(source, side=round(_LARGER * side))
    whole = np.stack([convert.square(photo, side) for photo in read.images])
    kept = np.arange(len(read.labels)) % _HELD_OUT_EVERY == 0
    held_out = {"image": whole[kept], "label": read.labels[kept], "color": flower_color(whole[kept])}
    rng, large = np.random.default_rng(0), read.images[~kept]
    cut = [_window(photo, side, rng) for _ in range(windows) for photo in large]
    photos, label = np.stack([*whole[~kept], *cut]), np.tile(read.labels[~kept], 1 + windows)
    bloom = _not_green(photos)[..., None]
    made = [photos]
    for turn in _FLOWER_TURNS:
        turned = bloom * conditions.rotate_hue(photos, turn) + (1 - bloom) * photos
        made.append(np.round(turned).astype(np.uint8))
    shown = np.concatenate(made)
    # The colour of a turned bloom is looked for where the bloom was.
    color = conditions.dominant_color(shown, np.tile(_middle(side) * bloom[..., 0], (len(made), 1, 1)))
    training = {"image": shown, "label": np.tile(label, len(made)), "color": color}
    return Examples(training, {"label": read.classes}, held_out, real=len(large))


def _window(photo, side, rng):
    """A square of the photo, brought to `side`."""
    size = int(rng.integers(round(side * _LARGER * 0.77), len(photo) + 1))
    top, left = rng.integers(0, len(photo) - size + 1, 2)
    return convert.square(np.ascontiguousarray(photo[top : top + size, left : left + size]), side)


def flower_color(photos: np.ndarray) -> np.ndarray:
    """The colour of a bloom: the mean of the middle, the colourful and the not green counting most.

    Args:
        photos: uint8, (count, side, side, 3).

    Returns:
        (count, 3), in [0, 1].
    """
    return conditions.dominant_color(photos, _middle(photos.shape[1]) * _not_green(photos))


def emoji(source: str | os.PathLike, side: int = 64) -> Examples:
    """Emoji on white: "image", "outline", "color", and "label", the motif in one colouring.

    PNG files with alpha, named after their code points as Noto's are (emoji_u1f600_1f3fb.png),
    in a folder or in a tar file in it. A motif is an emoji whatever its skin, whether man, woman
    or person, and wherever it looks. Each comes in its own colours and, if it has any, in three
    others, turned around the colour circle, so that the colour asked for decides and not the
    outline. A motif is held out where the names of all its files fall into one tenth of their
    hashes, with its "opacity" in [0, 1] and its "turn", 0 for its own colours.
    """
    with tempfile.TemporaryDirectory() as unpacked:
        for archive in sorted(Path(source).glob("*.tar")):
            with tarfile.open(archive) as file:
                file.extractall(unpacked, filter="data")
            source = unpacked
        paths = images.files(source)
        made = [_on_white(path, side) for path in paths]
    pictures, opacity = np.stack([m[0] for m in made]), np.stack([m[1] for m in made])
    motifs = [_motif(path.stem) for path in paths]
    names, label = np.unique(motifs, return_inverse=True)
    fallen = np.array([zlib.crc32(_person(path.stem).encode()) % _HELD_OUT_EVERY == 0 for path in paths])
    kept = np.bincount(label, ~fallen)[label] == 0
    training, held_out = (_turned(pictures[k], opacity[k], label[k].astype(np.int32)) for k in (~kept, kept))
    own = int((training["turn"] == 0).sum())  # which come first
    training = {name: training[name] for name in ("image", "outline", "color", "label")}
    classes = tuple(f"{name} turned {turn:g}" for name in names for turn in _TURNS)
    return Examples(training, {"label": classes}, held_out, real=own)


def _motif(stem: str) -> str:
    """What files of the same drawing but for skin, gender and the way it looks have in common."""
    first, *joined = _person(stem).split("_200d_")
    return "_200d_".join([first, *(part for part in joined if part not in ("2640", "2642", "27a1"))])


def _person(stem: str) -> str:
    """What two files that differ in skin, or in man, woman and person, have in common."""
    points = [part.removeprefix("u") for part in stem.removeprefix("emoji_").split("_")]
    kept = ["1f9d1" if point in ("1f468", "1f469") else point for point in points]
    return "_".join(p for p in kept if p != "fe0f" and not "1f3fb" <= p <= "1f3ff") or stem


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
    """Arrays of all emoji in all turns of the colour circle that change them."""
    parts = []
    for number, turn in enumerate(_TURNS):
        turned = conditions.rotate_hue(pictures, turn)
        changed = np.abs(turned.astype(np.int16) - pictures).mean(axis=(1, 2, 3)) > _SAME_TO_THE_EYE
        chosen = changed | (number == 0)
        parts.append({
            "image": turned[chosen],
            "outline": conditions.outline(turned[chosen]),
            "color": conditions.dominant_color(turned[chosen], opacity[chosen]),
            "label": len(_TURNS) * label[chosen] + number,
            "opacity": opacity[chosen],
            "turn": np.full(chosen.sum(), number, np.int32),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _middle(side):
    distance = np.linspace(-1, 1, side, dtype=np.float32) ** 2
    return np.exp(-2 * (distance[:, None] + distance[None]))


def _not_green(photos):
    """Near 0 where green is the strongest channel, else 1."""
    red, green, blue = np.moveaxis(photos.astype(np.float32) / 255, -1, 0)
    return np.clip(1 - 8 * (green - np.maximum(red, blue)), 0.02, 1)


def pieces(source: str | os.PathLike, side: int = 64, each: int = 80, leave_out=frozenset(), seed: int = 0) -> Examples:
    """Pieces of photos, `side` x `side`: "image" and "label", the number of the photo.

    From the left two thirds of each photo `each` are taken at random; of the right third a
    tenth as many are held out. Every 25th photo, from the first, by which recipes of restoration
    select, is left out, and so are those of the names in `leave_out`.

    Raises:
        images.ImageError: a photo of which a third is smaller than a piece.
    """
    parts, rng = ({"image": [], "label": []}, {"image": [], "label": []}), np.random.default_rng(seed)
    known = [path for number, path in enumerate(images.files(source)) if number % 25]
    paths = [path for path in known if path.stem not in leave_out]
    for label, path in enumerate(paths):
        photo = images.read(path, 3)
        height, width = photo.shape[:2]
        border = 2 * width // 3
        if min(height, width - border, border) < side:
            raise images.ImageError(f"{path} is {width}x{height}: too small for pieces of {side} pixels")
        for part, (left, right), count in zip(parts, ((0, border), (border, width)), (each, max(1, each // 10))):
            for _ in range(count):
                top, start = rng.integers(height - side + 1), rng.integers(left, right - side + 1)
                part["image"].append(photo[top : top + side, start : start + side].copy())  # not the whole
                part["label"].append(label)
    arrays, held_out = ({"image": np.stack(p["image"]), "label": np.int32(p["label"])} for p in parts)
    return Examples(arrays, {"label": tuple(path.stem for path in paths)}, held_out)
