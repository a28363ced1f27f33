"""Several restorers, one after the other, in the place of one."""

import hashlib
import math
from collections.abc import Callable, Sequence

import numpy as np

from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.inference.rows import Shared
from tfgan_zoo.inference.tiled import TiledRestorer


class InTurn:
    """Restores with the first of several restorers, what became of it with the second, and so on.

    Between two of them a picture is floating point in memory, whatever its own type is.

    Args:
        restorers: in order, such as a denoiser and what enlarges.

    Raises:
        ValueError: if there are none.
    """

    sigma, strength = None, 1.0

    def __init__(self, restorers: Sequence[TiledRestorer]):
        if not restorers:
            raise ValueError("at least one restorer is needed, got none")
        self.restorers = list(restorers)
        self.name = ", ".join(restorer.name for restorer in self.restorers)
        self.scale = math.prod(restorer.scale for restorer in self.restorers)
        self.tile = [restorer.tile for restorer in self.restorers]
        self.ensemble = [restorer.ensemble for restorer in self.restorers]

    def fingerprint(self) -> str:
        """Of what decides the result."""
        return hashlib.sha256("".join(restorer.fingerprint() for restorer in self.restorers).encode()).hexdigest()

    output_shape = TiledRestorer.output_shape

    def __call__(self, picture, out: np.ndarray, progress: Callable[[int], None] = lambda rows: None) -> None:
        """See `TiledRestorer.__call__`; the rows that are told of are the picture's, too."""
        *before, last = self.restorers
        rows = Shared(progress, picture.height / len(self.restorers))
        for restorer in before:
            made = np.empty(restorer.output_shape(picture), np.float32)
            restorer(picture, made, rows.of(picture))
            picture = ArrayPicture(made)
        last(picture, out, rows.of(picture))
