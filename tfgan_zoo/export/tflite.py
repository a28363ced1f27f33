"""TFLite files for phones: built-in operations alone, of a fixed size, from float32 to 8 bits."""

import functools
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import inference, networks
from tfgan_zoo.data import replacing
from tfgan_zoo.export import equalize, flatbuffers, proof
from tfgan_zoo.export.signatures import float32_copy, folded_copy
from tfgan_zoo.inference.tflite import METADATA, Runner, TFLiteFile, interpreter

VARIANTS = {
    "fp32": "float32 throughout",
    "fp16": "weights in float16, computed in float32 or in float16 on a GPU",
    "dynamic": "weights in 8 bits, features quantised on the fly, image in floats",
    "weight_only": "weights in 8 bits, computed in float32",
    "int8": "8 bits throughout, uint8 image in and out; of a generator, the convolutions",
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
        ValueError: an unknown variant, a size too small, a calibration that is missing or of the
            wrong names or shapes, or a package that is missing.
    """
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant}; known: {', '.join(VARIANTS)}")
    plain = folded_copy(network)
    shape = _sides(plain, size)
    requests = [*calibration] if calibration is not None else []
    if variant in CALIBRATED:
        _check(requests, plain, shape, variant)
        requests = equalize.usual(plain, requests, lambda x: run(plain, x))
    if variant == "int8":
        plain = equalize.equalized(plain, requests, run)
        chosen = equalize.nearer(plain, requests, lambda x: run(plain, x))
        content = _nearest([_int8(plain, shape, few) for few in chosen], plain, requests)
    else:
        content = _CONVERT[variant](plain, shape, requests)
    record = {**_described(plain, shape, content), "variant": variant, **(about or {})}
    file = Path(file)
    with replacing.file(file) as beside:
        beside.write_bytes(flatbuffers.with_metadata(content, METADATA, json.dumps(record)))
        _prove(network, beside, variant, requests[:4] or examples(plain, shape))
    replacing.text(f"{file}.json", json.dumps(record, indent=1) + "\n")
    return file


def run(network: keras.Model, inputs: dict) -> dict:
    """What a TFLite file computes, by the network itself: inputs by name to outputs by name."""
    if isinstance(network, networks.Generator):
        return {"image": network(inputs, training=False)}
    if isinstance(network, networks.ConvClassifier):
        return {
            "logits": network(inputs["image"], training=False),
            "features": network.features(inputs["image"], training=False),
        }
    image = inputs["image"]
    # Not divided: a division in 8 bits is far off.
    given = (image, inputs["sigma"][:, None, None, None] * (1 / 255)) if network.noise_map else image
    return {"restored": tf.clip_by_value(network(given), 0.0, 1.0)}


def specs(network: keras.Model, sides: tuple[int, int]) -> dict[str, tf.TensorSpec]:
    """The inputs of a file, by name; of batch 1."""
    if isinstance(network, networks.Generator):
        return {name: tf.TensorSpec(x.shape, x.dtype, name) for name, x in network.example().items()}
    if isinstance(network, networks.ConvClassifier):
        return {"image": tf.TensorSpec((1, *network.shape), tf.float32, "image")}
    made = {"image": tf.TensorSpec((1, *sides, network.channels), tf.float32, "image")}
    return made | ({"sigma": tf.TensorSpec((1,), tf.float32, "sigma")} if network.noise_map else {})


def examples(network: keras.Model, sides: tuple[int, int], count: int = 2) -> list[dict[str, np.ndarray]]:
    """Inputs to try a file with: a photo with noise of sigma 25, or drawn latent vectors."""
    made, random = [], np.random.default_rng(0)
    for number in range(count):
        inputs = {}
        for name, spec in specs(network, sides).items():
            shape = tuple(spec.shape)
            if name == "sigma":
                inputs[name] = np.float32([25])
            elif name == "latent":
                inputs[name] = inference.latents(shape[1], 1, seed=number)
            elif spec.dtype == tf.int32:
                inputs[name] = np.int32([number])
            elif len(shape) == 4:
                clean = np.float32(proof.photo(shape[3], *shape[1:3], number)) / 255
                noise = random.normal(0, 25 / 255, clean.shape) * (not isinstance(network, networks.Generator))
                inputs[name] = np.float32(np.clip(clean + noise, 0, 1))[None]
            else:
                inputs[name] = np.full(shape, 0.5, np.float32)
        made.append(inputs)
    return made


def tried(network: keras.Model, size: int) -> list[tuple[dict[str, np.ndarray], None]]:
    """Inputs to measure a file by where nothing better is at hand, in the form that `report.measured` takes."""
    return [(inputs, None) for inputs in examples(network, _sides(network, size))]


def _sides(network, size) -> tuple[int, int]:
    sides = (size, size) if isinstance(size, int) else tuple(size)
    if isinstance(network, networks.RestorationNetwork) and min(sides) < network.minimum_side:
        raise ValueError(f"each side must be at least {network.minimum_side} pixels, got {sides}")
    return sides


def _check(requests, network, sides, variant) -> None:
    if not requests:
        raise ValueError(f"{variant} needs a calibration: inputs such as the network will meet")
    for request in requests:
        for name, spec in specs(network, sides).items():
            if name not in request or np.shape(request[name]) != tuple(spec.shape):
                found = np.shape(request[name]) if name in request else "nothing"
                raise ValueError(f"a calibration's {name} must be of shape {tuple(spec.shape)}, got {found}")


def _described(network, sides, content) -> dict:
    """What a file says of itself."""
    try:
        details = interpreter(content, 1).get_signature_runner().get_input_details()
    except ValueError as error:
        raise proof.ExportError(str(error)) from error
    ranges = {"image": "[0, 1], RGB", "sigma": "8-bit levels, 0 to 255", "latent": "standard normal"}
    inputs = {}
    for name, spec in specs(network, sides).items():
        scale, zero = details[name]["quantization"]
        inputs[name] = {
            "shape": [*spec.shape],
            "range": ranges.get(name, "as trained"),
            "type": np.dtype(details[name]["dtype"]).name,
            # A value is scale * (level - zero point).
            **({"scale": float(scale), "zero_point": int(zero)} if scale else {}),
        }
    if isinstance(network, networks.Generator):
        facts = {"kind": "generation", "latent": network.latent, "shape": network.shape}
        return {**facts, "conditions": network.conditions, "inputs": inputs, "output": "image in [0, 1]"}
    if isinstance(network, networks.ConvClassifier):
        return {"kind": "classification", "inputs": inputs, "output": "logits, features"}
    names = ("channels", "noise_map", "scale", "minimum_side", "tile_margin")
    facts = {name: getattr(network, name) for name in names}
    return {"kind": "restoration", **facts, "inputs": inputs, "output": "restored in [0, 1]"}


def _converter(network, sides, folder):
    """A converter of the network at this size, built-in operations only."""
    named = specs(network, sides)
    module = tf.Module()
    module.kept = [variable.value for variable in network.variables]
    function = tf.function(lambda *values: run(network, dict(zip(named, values))), autograph=False)
    tf.saved_model.save(module, folder, signatures=function.get_concrete_function(*named.values()))
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter


def _converted(network, sides, prepare, convert=lambda converter: converter.convert()) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        converter = _converter(network, sides, folder)
        prepare(converter)
        try:
            return convert(converter)
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[-1]
            raise proof.ExportError(
                f"{network.name} does not convert to TFLite's built-in operations: {reason}"
            ) from error


def _fp32(network, sides, requests):
    return _converted(network, sides, lambda converter: None)


def _fp16(network, sides, requests):
    def prepare(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]

    return _converted(network, sides, prepare)


def _dynamic(network, sides, requests):
    def prepare(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]

    return _converted(network, sides, prepare)


def _int8(network, sides, requests):
    def prepare(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = lambda: (("serving_default", whole_range(r)) for r in requests)
        if not isinstance(network, networks.Generator):
            converter.inference_input_type = converter.inference_output_type = tf.uint8

    if not isinstance(network, networks.Generator):
        return _converted(network, sides, prepare)
    tensors = interpreter(_fp32(network, sides, requests), 1).get_tensor_details()
    last = [tensor["name"] for tensor in tensors if "/last" in tensor["name"]]
    return _converted(network, sides, prepare, functools.partial(_all_but, last))


def _all_but(last, converter) -> bytes:
    """A generator whose convolutions compute in 8 bits, and in floats what those are too few for.

    What a condition multiplies and adds, and the last convolution, of whose wide range a sigmoid
    shows a narrow part.
    """
    options = tf.lite.experimental.QuantizationDebugOptions(
        denylisted_ops=["ADD", "MUL", "LOGISTIC"], denylisted_nodes=last
    )
    # What else the debugger does is not used: it alone leaves out operations.
    debugger = tf.lite.experimental.QuantizationDebugger(
        converter=converter, debug_dataset=converter.representative_dataset, debug_options=options
    )
    return debugger.get_nondebug_quantized_model()


def _nearest(files, network, requests) -> bytes:
    """Of several files that whose outputs are nearest to the network's, root mean square."""
    wanted = [run(network, {name: tf.constant(value) for name, value in r.items()}) for r in requests]

    def error(content):
        run_file, squares = Runner(content), []
        for request, outputs in zip(requests, wanted):
            found = run_file(**request)
            squares += [np.mean((np.asarray(value) - found[name]) ** 2) for name, value in outputs.items()]
        return np.mean(squares)

    return min(files, key=error)


def whole_range(request: dict) -> dict:
    """A request whose images reach from 0 to 1, so that levels of uint8 are exactly those of the file."""
    made = {name: np.array(value) for name, value in request.items()}
    if "image" in made:
        made["image"] = np.clip(made["image"], 0, 1)
        made["image"][0, 0, 0], made["image"][0, 0, 1] = 0.0, 1.0
    return made


def _by_quantizer(recipe_name):
    """A conversion by ai-edge-quantizer, from the float32 file."""

    def convert(network, sides, requests):
        try:
            from ai_edge_quantizer import quantizer, recipe
        except ImportError as error:
            raise ValueError("this variant needs ai-edge-quantizer: pip install 'tfgan_zoo[tflite]'") from error
        made = quantizer.Quantizer(_fp32(network, sides, requests), getattr(recipe, recipe_name)())
        ranges = None
        if made.need_calibration:
            ranges = made.calibrate({"serving_default": [whole_range(r) for r in requests]}, num_threads=os.cpu_count())
        return bytes(made.quantize(ranges, enable_progress_report=False).quantized_model)

    return convert


_CONVERT = {
    "fp32": _fp32,
    "fp16": _fp16,
    "dynamic": _dynamic,
    "int8": _int8,
    "weight_only": _by_quantizer("weight_only_wi8_afp32"),
    "int16x8": _by_quantizer("static_wi8_ai16"),
}


def _prove(network, file, variant, requests) -> None:
    """Holds a file in LiteRT against the network."""
    plain, loaded = float32_copy(network), TFLiteFile(file)
    for request in requests:
        found = loaded(**request)
        for name, value in run(plain, {n: tf.constant(v) for n, v in request.items()}).items():
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
