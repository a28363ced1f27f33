"""Windows of a picture."""

import itertools

import numpy as np

from tfgan_zoo.data import convert


def most_detailed(picture, side: int, count: int = 5) -> list[np.ndarray]:
    """Of windows that cover a picture, those in which neighbours differ most.

    Args:
        picture: an `images.Picture` or `ArrayPicture`.
        side: of a window in pixels, less where the picture is smaller.
        count: of windows at most, which are all that memory holds.

    Returns:
        Windows of one shape, float32 in [0, 1].
    """
    sides = [min(side, length) for length in (picture.height, picture.width)]
    tops, lefts = (
        np.linspace(0, length - size, -(-length // size)).round().astype(int)
        for length, size in zip((picture.height, picture.width), sides)
    )
    kept = []
    for top, left in itertools.product(tops.tolist(), lefts.tolist()):
        window = np.asarray(convert.scaled(picture.pixels(top, left, *sides)), np.float32)
        detail = np.abs(np.diff(window, axis=0)).mean() + np.abs(np.diff(window, axis=1)).mean()
        kept = sorted([*kept, (float(detail), top, left, window)], key=lambda one: one[:3])[-count:]
    return [window for *_, window in kept]
