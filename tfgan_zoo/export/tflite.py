"""TFLite files for phones: built-in operations alone, of a fixed size, from float32 to 8 bits."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import networks
from tfgan_zoo.data import replacing
from tfgan_zoo.export import conversion, flatbuffers, invocation, outliers, proof
from tfgan_zoo.export.requests import examples
from tfgan_zoo.export.signatures import float32_copy, folded_copy
from tfgan_zoo.inference.tflite import METADATA, TFLiteFile, interpreter, litert

VARIANTS = {
    "fp32": "float32 throughout",
    "fp16": "weights in float16, computed in float32 or in float16 on a GPU",
    "dynamic": "weights in 8 bits, features quantised on the fly, image in floats",
    "weight_only": "weights in 8 bits, computed in float32",
    "int8": "8 bits throughout, uint8 image in and out",
    "int16x8": "weights in 8 bits, features in 16",
}
CALIBRATED = ("int8", "int16x8")
_NEAR = {"fp32": 1e-4, "fp16": 1e-2, "weight_only": 0.03, "dynamic": 0.05, "int8": 0.05, "int16x8": 0.03}
"""How far, root mean square in units of the range, a file may be from its network; fp32 and fp16 everywhere."""


def to_tflite(
    network: keras.Model,
    file: str | os.PathLike,
    *,
    size: int | tuple[int, int] = 256,
    variant: str = "fp32",
    calibration: Iterable[dict[str, np.ndarray]] | None = None,
    about: dict | None = None,
) -> Path:
    """Exports a network as a TFLite file, run in LiteRT and held against it.

    Named inputs and outputs: a restoration network takes image (1, height, width, channels) in
    [0, 1] and, with a noise map, sigma (1,) in 8-bit levels, and gives restored, clipped to
    [0, 1]; a generator takes latent (1, n) and its conditions and gives image. In int8 the
    images of a restoration network are uint8 of 0 to 255, and a generator's convolutions alone
    compute in 8 bits. JSON metadata say so, in the file and beside it in FILE.json.

    Args:
        network: as for `to_saved_model`; the export is of a float32 copy.
        file: to write; replaced at once or not at all.
        size: height and width of a restoration network's image.
        variant: a key of `VARIANTS`.
        calibration: for int8 and int16x8, inputs by name, each of batch 1, such as the network
            will meet: degraded photos, latent vectors.
        about: facts to put into the metadata, such as the preset's name and licence.

    Returns:
        The file.

    Raises:
        export.ExportError: an operation that TFLite has no built-in for, or a file that is too
            far from the network; nothing is written.
        ValueError: another suffix than .tflite, an unknown variant or one in 8 bits of a network that iterates, a
            size too small, a calibration that is missing or of the wrong names or shapes, or a package that is
            missing.
    """
    litert()
    if Path(file).suffix != ".tflite":
        raise ValueError(f"the file must end in .tflite, got {file}")
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant}; known: {', '.join(VARIANTS)}")
    if variant not in ("fp32", "fp16") and getattr(network, "iterates", False):
        raise ValueError(f"{network.name} calculates in turns, which {variant} would spoil: take fp32 or fp16")
    plain = folded_copy(network)
    shape = invocation.sides(plain, size)
    requests = [*calibration] if calibration is not None else []
    _check(requests, plain, shape)
    if variant in CALIBRATED:
        if not requests:
            raise ValueError(f"{variant} needs a calibration: inputs such as the network will meet")
        requests = outliers.usual(plain, requests, lambda x: invocation.run(plain, x))
    content = conversion.converted(plain, shape, variant, requests)
    record = {**_described(plain, shape, content), "variant": variant, **(about or {})}
    file = Path(file)
    with replacing.file(file) as beside:
        beside.write_bytes(flatbuffers.with_metadata(content, METADATA, json.dumps(record)))
        _prove(network, beside, variant, requests[:4] or examples(plain, shape))
        # Before the file: one without its description could not be used.
        replacing.text(f"{file}.json", json.dumps(record, indent=1) + "\n")
    return file


def _check(requests, network, sides) -> None:
    for request in requests:
        for name, spec in invocation.specs(network, sides).items():
            if name not in request or np.shape(request[name]) != tuple(spec.shape):
                found = np.shape(request[name]) if name in request else "nothing"
                raise ValueError(f"a calibration's {name} must be of shape {tuple(spec.shape)}, got {found}")


def _described(network, sides, content) -> dict:
    """What a file says of itself."""
    try:
        runner = interpreter(content, 1).get_signature_runner()
    except ValueError as error:
        raise proof.ExportError(str(error)) from error
    tensors = {
        "inputs": _tensors(flatbuffers.places(content, "Inputs"), runner.get_input_details()),
        "outputs": _tensors(flatbuffers.places(content, "Outputs"), runner.get_output_details()),
    }
    if isinstance(network, networks.Generator):
        facts = {"kind": "generation", "latent": network.latent, "shape": network.shape}
        return {**facts, "conditions": network.conditions, **tensors}
    if isinstance(network, networks.ConvClassifier):
        return {"kind": "classification", **tensors}
    names = ("channels", "noise_map", "scale", "minimum_side", "tile_margin", "whole")
    return {"kind": "restoration", **{name: getattr(network, name) for name in names}, **tensors}


def _tensors(places, details) -> dict[str, dict]:
    """What each tensor of one end is, by name."""
    described = {}
    for name, place in places.items():
        detail = details[name]
        scale, zero = detail["quantization"]
        described[name] = {
            "index": place,
            "shape": [int(side) for side in detail["shape"]],
            "range": _range(name, detail),
            "type": np.dtype(detail["dtype"]).name,
            # A value is scale * (level - zero point).
            **({"scale": float(scale), "zero_point": int(zero)} if scale else {}),
        }
    return described


def _range(name, detail) -> str:
    """What a tensor's values mean."""
    if detail["dtype"] == np.int32:
        return "number of the class, from 0"
    named = {"sigma": "8-bit levels, 0 to 255", "latent": "standard normal", "color": "RGB, [0, 1]"}
    named |= dict.fromkeys(("logits", "features"), "any number")
    return named.get(name, "[0, 1], RGB" if len(detail["shape"]) == 4 and detail["shape"][-1] == 3 else "[0, 1]")


def _prove(network, file, variant, requests) -> None:
    """Holds a file in LiteRT against the network."""
    plain, loaded = float32_copy(network), TFLiteFile(file)
    for request in requests:
        found = loaded(**request)
        for name, value in invocation.run(plain, {n: tf.constant(v) for n, v in request.items()}).items():
            value = np.asarray(value)
            difference, limit = value - found[name], _NEAR[variant]
            if variant in ("fp32", "fp16"):
                worst = np.abs(difference).max()
            else:
                worst = np.sqrt(np.mean(difference**2))
                if name == "restored" and value.shape == request["image"].shape:
                    # Nearer than a file that does nothing.
                    limit = min(limit, max(0.25 * np.sqrt(np.mean((request["image"] - value) ** 2)), 0.008))
            if name in ("logits", "features"):
                worst = worst / max(np.abs(value).max(), 1e-6)
            if not worst <= limit:
                raise proof.ExportError(
                    f"the {variant} file's {name} differs from the network's by {worst:g} of the range; "
                    f"at most {limit:g} is allowed"
                )
