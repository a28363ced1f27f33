"""Restores pictures of any size, whole or in tiles that leave no seam, with whatever runs the network."""

import abc
import itertools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgan_zoo.data import convert, images, windows
from tfgan_zoo.data.noise_level import estimate_sigma
from tfgan_zoo.inference.rows import Counted
from tfgan_zoo.ops import tiles

AUTO_TILE = 1024
_FEATHER = 16
_BLIND = "takes no sigma; use strength, or a preset that takes one"


class TiledRestorer(abc.ABC):
    """Restores pictures of any size, band by band and tile by tile, with whatever runs the network.

    A gray network restores each colour channel on its own; a colour network restores a gray
    image as three equal channels, told of the noise in their sum, and gives gray back.

    A subclass sets `name`, `channels`, `noise_map`, `scale`, `minimum_side` and `tile_margin`, as
    a network has them, before it calls `prepare`, and writes `forward`.
    """

    whole = False
    survey_side = None

    def prepare(self, sigma, strength: float, tile, ensemble: bool) -> None:
        """Checks and keeps what was asked for.

        Raises:
            ValueError: sigma, strength or tile out of range, or not of this network.
        """
        if not 0 <= strength <= 1:
            raise ValueError(f"strength must be within [0, 1], got {strength}")
        if strength != 1 and self.scale != 1:
            raise ValueError(
                f"{self.name} enlarges: there is no input of equal size to blend with; leave strength at 1"
            )
        if sigma is not None and not self.noise_map:
            raise ValueError(f"{self.name} {'takes no sigma' if self.scale != 1 else _BLIND}")
        if sigma is not None and not 0 <= sigma <= 255:
            raise ValueError(f"sigma must be within [0, 255], got {sigma}")
        if self.whole and tile not in ("auto", None):
            raise ValueError(f"{self.name} judges by the whole image and takes no tiles; got a tile of {tile}")
        self.sigma, self.strength, self.ensemble = sigma, strength, ensemble
        # Tiles start on a grid on which the network's strides fall on the same pixels as in the whole.
        self.grid = max(self.minimum_side, 8)
        self.margin = -(-self.tile_margin // self.grid) * self.grid
        self.overlap = 2 * self.margin + max(self.grid, _FEATHER)
        self.smallest = -(-2 * self.overlap // self.grid) * self.grid + self.grid
        # Tiles as large as four overlaps spend less than half of their time on them.
        auto = None if self.whole else -(-max(AUTO_TILE, 4 * self.overlap) // self.grid) * self.grid
        self.tile = auto if tile == "auto" else tile
        if self.tile is not None and (self.tile < self.smallest or self.tile % self.grid):
            rule = f"a tile of {self.name} must be a multiple of {self.grid} and at least {self.smallest}"
            raise ValueError(f"{rule}, got {tile}")

    @abc.abstractmethod
    def forward(self, batch: np.ndarray, sigma: float | None, found: np.ndarray | None = None) -> np.ndarray:
        """The network on (batch, height, width, channels), float32; sigma in units of the image's range.

        `found` is what `survey` gave, turned as the batch is.
        """

    def survey(self, windows: np.ndarray) -> np.ndarray:
        """What the network finds in windows of a picture and is told of in each tile: (1, side, side)."""
        raise NotImplementedError

    @abc.abstractmethod
    def fingerprint(self) -> str:
        """Of what decides the result: another network or file has another."""

    def output_shape(self, picture) -> tuple[int, int, int]:
        """Height, width and channels of what becomes of a picture."""
        return (self.scale * picture.height, self.scale * picture.width, picture.channels)

    def __call__(self, picture, out: np.ndarray, progress: Callable[[int], None] = lambda rows: None) -> None:
        """Restores a picture into `out`, band by band, so that memory does not grow with height.

        Args:
            picture: an `images.Picture` or `ArrayPicture`.
            out: array or memory map of `output_shape`; uint8, uint16, or floating point in [0, 1].
            progress: called with the number of the picture's rows finished since the last call.
        """
        smallest = self.minimum_side
        if min(picture.height, picture.width) < smallest:
            raise images.ImageError(
                f"the image is {picture.width}x{picture.height}; each side must be at least {smallest} pixels"
            )
        sigma = None
        if self.noise_map:
            sigma = (estimate_sigma(picture) if self.sigma is None else self.sigma) / 255
        try:
            found, tile = self.surveyed(picture), self.tile
        except tf.errors.ResourceExhaustedError as error:
            raise MemoryError(f"not enough memory for {self.survey_side} pixels") from error
        counted = Counted(progress)
        while True:
            try:
                return self._in_bands(picture, out, (sigma, found), tile, counted.anew())
            except tf.errors.ResourceExhaustedError as error:
                if self.whole:
                    raise MemoryError(f"not enough memory for all of {picture.width}x{picture.height}") from error
                tile = self._halve(min(tile or max(picture.height, picture.width), AUTO_TILE * 2))

    def _halve(self, tile: int) -> int:
        if tile <= self.smallest:
            raise MemoryError(f"not enough memory for a tile of {tile} pixels, and smaller ones do not fit the overlap")
        return max(tile // 2 // self.grid * self.grid, self.smallest)

    def surveyed(self, picture) -> np.ndarray | None:
        """What `survey` finds in a picture's most detailed windows; None where nothing holds for the whole."""
        if self.survey_side is None:
            return None
        found = np.stack(windows.most_detailed(picture, self.survey_side))
        if found.shape[-1] != self.channels:
            found = np.repeat(found.mean(axis=-1, keepdims=True), self.channels, axis=-1)
        return self.survey(found)

    def _in_bands(self, picture, out, told, tile, progress):
        bands = tiles.spans(picture.height, tile, self.overlap, self.margin)
        carried = np.zeros((0, *self.output_shape(picture)[1:]), np.float32)
        for band, below in itertools.zip_longest(bands, bands[1:]):
            rows = self._band(picture, band, told, tile) * self._scaled(band.weights)[:, None, None]
            rows[: len(carried)] += carried
            finished = (below.start if below else band.stop) - band.start
            self._store(picture, out, band.start, rows[: self.scale * finished])
            carried = rows[self.scale * finished :]
            progress(finished)

    def _band(self, picture, band, told, tile):
        """One row of tiles, restored and joined: (band's height, width, channels) times scale, float32."""
        height, scale = band.stop - band.start, self.scale
        rows = np.zeros((scale * height, *self.output_shape(picture)[1:]), np.float32)
        for span in tiles.spans(picture.width, tile, self.overlap, self.margin):
            pixels = picture.pixels(band.start, span.start, height, span.stop - span.start)
            restored = self._tile(np.asarray(convert.scaled(pixels), np.float32), *told)
            rows[:, scale * span.start : scale * span.stop] += restored * self._scaled(span.weights)[None, :, None]
        return rows

    def _scaled(self, weights):
        return np.repeat(weights, self.scale)

    def _tile(self, pixels, sigma, found):
        """Restores (height, width, channels), float32."""
        if not self.ensemble:
            return self._run(pixels, sigma, found)
        # Of whole strides, so that turned, too, they fall on the same pixels in every tile.
        height, width = pixels.shape[:2]
        padded = np.pad(pixels, ((0, -height % self.grid), (0, -width % self.grid), (0, 0)), mode="symmetric")
        total = 0.0
        for turns in range(4):
            for mirror in (False, True):
                way = np.s_[:, ::-1] if mirror else np.s_[:]
                view, found_view = np.rot90(padded, turns)[way], None
                if found is not None:
                    found_view = np.rot90(found[0], turns)[way][None]
                result = self._run(view, sigma, found_view)
                total = total + np.rot90(result[:, ::-1] if mirror else result, -turns)
        return total[: self.scale * height, : self.scale * width] / 8

    def _run(self, pixels, sigma, found):
        channels = self.channels
        if channels == pixels.shape[-1]:
            batch = pixels[None]
        elif channels == 3:
            batch = np.repeat(pixels, 3, axis=-1)[None]
            # Noise that is the same in three channels is in luma what independent noise of this factor is.
            sigma = None if sigma is None else 3**0.5 * sigma
        else:
            batch = np.moveaxis(pixels, -1, 0)[..., None]
        restored = self.forward(batch, sigma, found)
        if channels == pixels.shape[-1]:
            return restored[0]
        return restored[0].mean(axis=-1, keepdims=True) if channels == 3 else np.moveaxis(restored[..., 0], 0, -1)

    def _store(self, picture, out, top, rows):
        """Blends finished rows with the input, and writes them in the type of `out`."""
        if self.strength != 1:
            before = np.asarray(convert.scaled(picture.pixels(top, 0, len(rows), picture.width)), np.float32)
            rows = before + self.strength * (rows - before)
        levels, rows, top = convert.levels(out.dtype), np.clip(rows, 0, 1), self.scale * top
        out[top : top + len(rows)] = rows if levels is None else np.round(rows * levels)
