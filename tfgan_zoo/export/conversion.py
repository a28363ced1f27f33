"""A network turned into the bytes of a TFLite file, by the converter or the quantiser that each variant needs."""

import contextlib
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import extras, networks, zoo
from tfgan_zoo.export import clipping, flatbuffers, invocation, proof, rounding
from tfgan_zoo.inference.tflite import Runner, interpreter, litert

_JUDGING = 12
"""Requests by which 8-bit files are compared."""
_SEARCHED = 9e9
"""Multiply-adds of a request by which ranges are searched: what the denoisers need at 256 x 256."""


def converted(network: keras.Model, sides: tuple[int, int], variant: str, requests: list[dict]) -> bytes:
    """The file's content.

    Args:
        network: plain float32.
        sides: height and width of a restoration network's image.
        variant: as `to_tflite`'s.
        requests: the calibration, for variants that have one.

    Raises:
        export.ExportError: an operation that TFLite has no built-in for.
        ValueError: a package that is missing.
    """
    return _CONVERT[variant](network, sides, requests)


def _converter(network, sides, folder):
    """A converter of the network at this size, built-in operations only."""
    named = invocation.specs(network, sides)
    module = tf.Module()
    module.kept = [variable.value for variable in network.variables]
    function = tf.function(lambda *values: invocation.run(network, dict(zip(named, values))), autograph=False)
    tf.saved_model.save(module, folder, signatures=function.get_concrete_function(*named.values()))
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter


def _converted(network, sides, prepare) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        converter = _converter(network, sides, folder)
        prepare(converter)
        try:
            return converter.convert()
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

    return _converted(rounding.rounded(network), sides, prepare)


def _int8(network, sides, requests):
    """Calibrated, and of the ranges that bring it nearest to the network."""
    rounded = rounding.rounded(network)
    calibrated = _calibrated(rounded, sides, requests)
    near, seen = _for_search(network, sides, requests)
    small = calibrated if near == sides else _calibrated(rounded, near, seen)
    shares = clipping.search(small, _quantiser(network, near), _error(network, seen))
    quantised, error = _quantiser(network, sides), _error(network, requests)
    files = [quantised(file) for file in (clipping.narrowed(calibrated, shares), calibrated)]
    least, best = min((error(file), number) for number, file in enumerate(files))
    if not np.isfinite(least):
        raise proof.ExportError(f"LiteRT cannot compute {network.name} in 8 bits")
    return files[best]


def _for_search(network, sides, requests):
    """Sides and requests cut to their middle, where the search would take an hour: it runs them a thousand times."""
    if not isinstance(network, networks.RestorationNetwork):
        return sides, requests
    share = np.sqrt(_SEARCHED / (zoo.cost(network)["multiply_adds_per_pixel"] * sides[0] * sides[1]))
    step = network.minimum_side
    near = tuple(min(side, max(32, round(share * side / step) * step)) for side in sides)
    tops = [(side - shorter) // 2 for side, shorter in zip(sides, near)]
    window = np.s_[:, tops[0] : tops[0] + near[0], tops[1] : tops[1] + near[1]]
    return near, [{**request, "image": request["image"][window]} for request in requests]


def _calibrated(network, sides, requests) -> bytes:
    """A file in floats with the range that each tensor has in the requests."""

    def prepare(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = lambda: (("serving_default", invocation.whole_range(r)) for r in requests)
        converter._experimental_calibrate_only = True  # as TensorFlow's own QuantizationDebugger

    content = _converted(network, sides, prepare)
    model = flatbuffers.read(content)
    for place, (least, greatest) in _seen(content, model, requests).items():
        ranges = model.subgraphs[0].tensors[place].quantization
        # Of dead features: a range of nothing has no scale.
        ranges.min, ranges.max = [least], [greatest if greatest - least >= 1e-6 else least + 1.0]
    return flatbuffers.packed(model)


def _seen(content, model, requests) -> dict[int, tuple[float, float]]:
    """Least and greatest value of each tensor that the converter found a range for.

    Its own are wrong where a sum is written over one of its terms: they are the sum's then.
    """
    module = litert()
    loaded = module.Interpreter(
        model_content=content,
        num_threads=os.cpu_count(),
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=module.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    run, seen = loaded.get_signature_runner(), {}
    ranges = [tensor.quantization for tensor in model.subgraphs[0].tensors]
    places = [place for place, r in enumerate(ranges) if r is not None and r.min is not None and len(r.min) == 1]
    for request in requests:
        run(**invocation.whole_range(request))
        for place in places:
            values = loaded.get_tensor(place)
            least, greatest = seen.get(place, (np.inf, -np.inf))
            seen[place] = min(least, float(values.min())), max(greatest, float(values.max()))
    return seen


def _quantiser(network, sides):
    """Turns a calibrated file into one in 8 bits, with images in uint8.

    Of a generator only the convolutions: what a condition multiplies and adds is left in floats,
    and so is the last convolution, of whose wide range a sigmoid shows a narrow part.
    """
    # Not in TensorFlow's public interface: looked for where it is needed alone.
    from tensorflow.lite.python.convert import mlir_quantize

    options = {"input_data_type": tf.uint8, "output_data_type": tf.uint8}
    if isinstance(network, networks.Generator):
        tensors = interpreter(_fp32(network, sides, []), 1).get_tensor_details()
        last = [tensor["name"] for tensor in tensors if "/last" in tensor["name"]]
        options = {"denylisted_ops": ["ADD", "MUL", "LOGISTIC"], "denylisted_nodes": last}

    def quantised(calibrated):
        with _unsaid():
            return mlir_quantize(calibrated, **options)

    return quantised


@contextlib.contextmanager
def _unsaid():
    """Without the line that the quantiser writes to the process's standard error at each of a thousand calls."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _error(network, requests):
    """How far a file's outputs are from the network's on some requests: root mean square, a mean over the requests."""
    requests = [requests[row] for row in np.unique(np.linspace(0, len(requests) - 1, _JUDGING).astype(int))]
    wanted = [invocation.run(network, {name: tf.constant(value) for name, value in r.items()}) for r in requests]

    def error(content):
        try:
            loaded = Runner(content)
        except ValueError:  # ranges that LiteRT cannot compute with
            return np.inf
        errors = []
        for request, outputs in zip(requests, wanted):
            found = loaded(**request)
            errors += [np.sqrt(np.mean((np.asarray(value) - found[name]) ** 2)) for name, value in outputs.items()]
        return float(np.mean(errors))

    return error


def _by_quantizer(recipe_name):
    """A conversion by ai-edge-quantizer, from the float32 file."""

    def convert(network, sides, requests):
        quantizer, recipe = (
            extras.module(f"ai_edge_quantizer.{name}", "tflite", "quantised files") for name in ("quantizer", "recipe")
        )
        made = quantizer.Quantizer(_fp32(rounding.rounded(network), sides, requests), getattr(recipe, recipe_name)())
        ranges = _ranges(made, requests) if made.need_calibration else None
        return bytes(made.quantize(ranges, enable_progress_report=False).quantized_model)

    return convert


def _ranges(quantizer, requests) -> dict:
    """Least and highest value of each tensor; of several requests at once the quantiser takes a moving average."""
    ranges = {}
    for request in requests:
        seen = quantizer.calibrate({"serving_default": [invocation.whole_range(request)]}, num_threads=os.cpu_count())
        for name, found in seen.items():
            known = ranges.setdefault(name, found)
            if found:
                ranges[name] = {
                    "min": np.minimum(known["min"], found["min"]),
                    "max": np.maximum(known["max"], found["max"]),
                }
    return ranges


_CONVERT = {
    "fp32": _fp32,
    "fp16": _fp16,
    "dynamic": _dynamic,
    "int8": _int8,
    "weight_only": _by_quantizer("weight_only_wi8_afp32"),
    "int16x8": _by_quantizer("static_wi8_ai16"),
}
