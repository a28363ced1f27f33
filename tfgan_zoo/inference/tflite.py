"""TFLite files at work, through LiteRT: the exact steps before and after that a phone takes."""

import hashlib
import json
import os
import struct
import warnings
from pathlib import Path

import numpy as np

from tfgan_zoo import extras
from tfgan_zoo.inference.tiled import TiledRestorer
from tfgan_zoo.ops import guided, resize

METADATA = "tfgan_zoo"
"""Name of the metadata buffer in a file: JSON with the preset, its kind and what tiles need."""

_INTEGERS = (np.uint8, np.int8, np.int16)


class Runner:
    """What a TFLite file holds, at work: floats by name in, floats by name out.

    Args:
        content: of the file.
        threads: to compute with.

    Raises:
        ValueError: no TFLite file; or LiteRT is missing.
    """

    def __init__(self, content: bytes, threads: int | None = None):
        self.interpreter = interpreter(content, threads or os.cpu_count())
        self.runner = self.interpreter.get_signature_runner()
        self.inputs, self.outputs = self.runner.get_input_details(), self.runner.get_output_details()

    def __call__(self, **inputs) -> dict[str, np.ndarray]:
        """Runs the file once; each value of the shape that `inputs` says."""
        given = {name: quantized(np.asarray(inputs[name]), detail) for name, detail in self.inputs.items()}
        return {name: _floats(value, self.outputs[name]) for name, value in self.runner(**given).items()}


class TFLiteFile(Runner):
    """A TFLite file that this package exported.

    Args:
        path: of the file.
        threads: of `Runner`.

    Raises:
        ValueError: of `Runner`; a file without this package's metadata.
    """

    def __init__(self, path: str | os.PathLike, threads: int | None = None):
        self.path = Path(path)
        self.about = metadata(self.path)
        super().__init__(self.path.read_bytes(), threads)


class TFLiteRestorer(TiledRestorer):
    """A restorer that runs a TFLite file, in tiles of the file's size.

    A file that judges by the whole image is shown a larger one made small, and what it did to that is
    done to the image, as `networks.Guided` does.

    Args:
        file: path, as `export.to_tflite` wrote it.
        sigma, strength, ensemble: of `KerasRestorer`.
        tile: "auto" alone: the file's size decides.
        threads: to compute with; all cores by default.

    Raises:
        ValueError: of `TFLiteFile` and `KerasRestorer`; a file that does not restore; a tile.
    """

    def __init__(self, file, *, sigma=None, strength: float = 1.0, tile="auto", ensemble=False, threads=None):
        self.file = TFLiteFile(file, threads)
        about = self.file.about
        if about.get("kind") != "restoration":
            raise ValueError(f"{file} does not restore: it is for {about.get('kind')}")
        if tile != "auto":
            raise ValueError(f"the tile of a TFLite file is its own size; leave it at auto, got {tile}")
        _check_restorer(self.file)
        self.height, self.width = (int(side) for side in self.file.inputs["image"]["shape"][1:3])
        self.name, self.scale, self.channels = self.file.path.name, about["scale"], about["channels"]
        self.noise_map, self.minimum_side = "sigma" in self.file.inputs, about["minimum_side"]
        self.whole = bool(about.get("whole"))  # unknown to files of earlier versions
        least = min(self.height, self.width)
        self.tile_margin = about["tile_margin"] if self.whole else self._margin(about["tile_margin"], least)
        # What a file's side has beyond whole strides of the network is filled up.
        grid = max(self.minimum_side, 8)
        self.prepare(sigma, strength, None if self.whole else least // grid * grid, ensemble)
        self.highest = self._highest_sigma()
        if sigma is not None and sigma > self.highest:
            raise ValueError(f"{self.name} takes a sigma of at most {self.highest:g}, got {sigma:g}")

    def _highest_sigma(self) -> float:
        """The highest level that the file can be told: an 8-bit one knows as many as it was calibrated with."""
        detail = self.file.inputs.get("sigma")
        if detail is None or detail["dtype"] not in _INTEGERS:
            return 255.0
        scale, zero = detail["quantization"]
        return min(255.0, float(scale * (np.iinfo(detail["dtype"]).max - zero)))

    def _told(self, sigma: float) -> float:
        """What an 8-bit file can be told of an estimate that is higher is its highest level; a given one must fit."""
        if sigma <= self.highest:
            return sigma
        if self.sigma is not None:
            raise ValueError(
                f"{self.name} takes a sigma of at most {self.highest:g}; of a gray image that is {sigma:g}"
            )
        warnings.warn(
            f"the noise's sigma is about {sigma:.0f}, and {self.name} was calibrated for {self.highest:.0f} at most: "
            "a file in floats restores this better",
            stacklevel=2,
        )
        return self.highest

    def _margin(self, wanted: int, tile: int) -> int:
        """What tiles overlap by: less than the network's own margin where the file is too small for that."""
        grid = max(self.minimum_side, 8)
        most = ((tile - grid) // 2 - max(grid, 16)) // 2 // grid * grid
        if most <= 0:
            raise ValueError(f"{self.name} takes {tile} pixels: too few for tiles that overlap")
        return min(wanted, most)

    def fingerprint(self):
        return hashlib.sha256(self.file.path.read_bytes()).hexdigest()

    def forward(self, batch, sigma, found=None):
        height, width = batch.shape[1:3]
        share = min(1.0, self.height / height, self.width / width)
        if not self.whole or share == 1:
            return self._run_filled(batch, sigma)
        sides = [max(int(share * side), self.minimum_side) for side in (height, width)]
        small = np.asarray(resize.resize_to(batch, *sides, "area"))
        return np.asarray(guided.transferred(batch, small, self._run_filled(small, sigma)))

    def _run_filled(self, batch, sigma):
        """What the file makes of images of at most its size."""
        height, width = batch.shape[1:3]
        filled = np.pad(batch, ((0, 0), (0, self.height - height), (0, self.width - width), (0, 0)), mode="symmetric")
        rest = {} if sigma is None else {"sigma": np.float32([self._told(255 * sigma)])}
        restored = np.concatenate([self.file(image=image[None], **rest)["restored"] for image in filled])
        return restored[:, : self.scale * height, : self.scale * width]


class TFLiteGenerator:
    """A TFLite file in the place of a generator: `generate` takes it.

    Args:
        file: path, as `export.to_tflite` wrote it.
        threads: to compute with; all cores by default.

    Raises:
        ValueError: of `TFLiteFile`; a file that does not generate.
    """

    def __init__(self, file, threads=None):
        self.file = TFLiteFile(file, threads)
        about = self.file.about
        if about.get("kind") != "generation":
            raise ValueError(f"{file} does not generate: it is for {about.get('kind')}")
        _check_generator(self.file)
        self.name, self.latent, self.shape = self.file.path.name, about["latent"], tuple(about["shape"])
        self.conditions = {n: c if isinstance(c, int) else tuple(c) for n, c in about["conditions"].items()}

    def image_conditions(self) -> dict[str, tuple]:
        """Shapes of the conditions that are images."""
        return {name: c for name, c in self.conditions.items() if not isinstance(c, int) and len(c) == 3}

    def __call__(self, inputs, training=False):
        count = len(next(iter(inputs.values())))
        rows = ({name: np.asarray(values)[i : i + 1] for name, values in inputs.items()} for i in range(count))
        return np.concatenate([self.file(**row)["image"] for row in rows])


def _check_restorer(file: TFLiteFile) -> None:
    """Refuses metadata that do not fit the file's own tensors: they may come from anywhere."""
    about, image, restored = file.about, file.inputs.get("image"), file.outputs.get("restored")
    numbers = [about.get(name) for name in ("scale", "channels", "minimum_side", "tile_margin")]
    if image is None or restored is None or not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError(f"{file.path} is damaged: it does not say what it restores")
    _, height, width, channels = image["shape"]
    scale, said = numbers[:2]
    if channels != said or (*restored["shape"],) != (1, scale * height, scale * width, channels):
        raise ValueError(f"{file.path} is damaged: it says {said} channels and scale {scale}, which it has not")
    if about.get("whole") and scale != 1:
        raise ValueError(f"{file.path} is damaged: what judges by the whole image is of scale 1, this of {scale}")
    if not 0 < about["minimum_side"] <= min(height, width):
        raise ValueError(f"{file.path} is damaged: it takes {height} x {width}, and at least {about['minimum_side']}")


def _check_generator(file: TFLiteFile) -> None:
    about, image = file.about, file.outputs.get("image")
    shape, named = about.get("shape"), about.get("conditions")
    if image is None or not isinstance(named, dict) or [1, *(shape or ())] != [*image["shape"]]:
        raise ValueError(f"{file.path} is damaged: it does not say what it makes")
    if set(file.inputs) != {*named, *(["latent"] if about.get("latent") else [])}:
        raise ValueError(f"{file.path} is damaged: it takes {', '.join(file.inputs)}, and says {', '.join(named)}")


def litert(name: str = "interpreter"):
    """A module of LiteRT.

    Raises:
        ValueError: if it is missing.
    """
    return extras.module(f"ai_edge_litert.{name}", "tflite", "TFLite files")


def interpreter(content: bytes, threads: int):
    """LiteRT's interpreter of a file's bytes.

    Raises:
        ValueError: if LiteRT is missing, or cannot read it.
    """
    module = litert()
    try:
        made = module.Interpreter(model_content=content, num_threads=threads)
        made.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"LiteRT cannot run the file: {error}") from error
    return made


def metadata(path: str | os.PathLike) -> dict:
    """What this package wrote into a TFLite file.

    Raises:
        ValueError: no TFLite file, or one without it.
    """
    schema = litert("schema_py_generated")
    if not Path(path).is_file():
        raise ValueError(f"{path} is not a file")
    content = Path(path).read_bytes()
    if content[4:8] != b"TFL3":
        raise ValueError(f"{path} is no TFLite file")
    try:
        model = schema.Model.GetRootAs(content, 0)
        for number in range(model.MetadataLength()):
            entry = model.Metadata(number)
            if entry.Name() == METADATA.encode():
                about = json.loads(model.Buffers(entry.Buffer()).DataAsNumpy().tobytes())
                return about if isinstance(about, dict) else {}
    except (struct.error, IndexError, AttributeError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    raise ValueError(f"{path} was not exported by this package: it does not say what it takes and gives")


def quantized(values: np.ndarray, detail: dict) -> np.ndarray:
    """Floats in the file's own type: round(x / scale) + zero point, clipped."""
    if detail["dtype"] not in _INTEGERS:
        return values.astype(detail["dtype"])
    scale, zero = detail["quantization"]
    ends = np.iinfo(detail["dtype"])
    return np.clip(np.round(values / scale) + zero, ends.min, ends.max).astype(detail["dtype"])


def _floats(values, detail):
    if detail["dtype"] not in _INTEGERS:
        return values
    scale, zero = detail["quantization"]
    return (np.float32(values) - zero) * np.float32(scale)
