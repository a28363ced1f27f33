"""A network turned into the bytes of a TFLite file, by the converter or the quantiser that each variant needs."""

import functools
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import extras, networks
from tfgan_zoo.export import equalize, invocation, proof
from tfgan_zoo.inference.tflite import Runner, interpreter


def converted(network: keras.Model, sides: tuple[int, int], variant: str, requests: list[dict]) -> bytes:
    """The file's content.

    Args:
        network: plain float32; its weights may change, not what it computes.
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
    """Of the files that parts of the calibration make the one nearest to the network."""
    network = equalize.equalized(network, requests, invocation.run)
    convert = _in_8_bits
    if isinstance(network, networks.Generator):
        tensors = interpreter(_fp32(network, sides, requests), 1).get_tensor_details()
        last = [tensor["name"] for tensor in tensors if "/last" in tensor["name"]]
        convert = functools.partial(_in_8_bits, but=last)
    chosen = equalize.nearer(network, requests, lambda x: invocation.run(network, x))
    return _nearest([convert(network, sides, few) for few in chosen], network, requests)


def _in_8_bits(network, sides, requests, but=None):
    def prepare(converter):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = lambda: (("serving_default", invocation.whole_range(r)) for r in requests)
        if but is None:
            converter.inference_input_type = converter.inference_output_type = tf.uint8

    if but is None:
        return _converted(network, sides, prepare)
    return _converted(network, sides, prepare, functools.partial(_all_but, but))


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
    """Of several files that whose outputs are nearest to the network's, root mean square.

    A file whose ranges, of too few requests, LiteRT cannot compute with is none.
    """
    wanted = [invocation.run(network, {name: tf.constant(value) for name, value in r.items()}) for r in requests]

    def error(run_file):
        squares = []
        for request, outputs in zip(requests, wanted):
            found = run_file(**request)
            squares += [np.mean((np.asarray(value) - found[name]) ** 2) for name, value in outputs.items()]
        return np.mean(squares)

    errors, refused = {}, None
    for content in files:
        try:
            errors[content] = error(Runner(content))
        except ValueError as reason:
            refused = reason
    if not errors:
        raise proof.ExportError(str(refused)) from refused
    return min(errors, key=errors.get)


def _by_quantizer(recipe_name):
    """A conversion by ai-edge-quantizer, from the float32 file."""

    def convert(network, sides, requests):
        quantizer, recipe = (
            extras.module(f"ai_edge_quantizer.{name}", "tflite", "quantised files") for name in ("quantizer", "recipe")
        )
        made = quantizer.Quantizer(_fp32(network, sides, requests), getattr(recipe, recipe_name)())
        ranges = None
        if made.need_calibration:
            ranges = made.calibrate(
                {"serving_default": [invocation.whole_range(r) for r in requests]}, num_threads=os.cpu_count()
            )
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
