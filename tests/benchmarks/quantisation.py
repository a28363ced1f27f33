"""Prints what 8 bits cost a preset at sigma 25, by each way of making the file that was tried.

    python -m pip install '.[tflite]'
    python tests/benchmarks/quantisation.py --data BSDS500 [--preset resunet_gray]

Every sixth photo judges and the others calibrate, as in `tfgan-zoo export`; the loss is that against the network in
floats on the same 8-bit input.
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from tfgan_zoo import inference, metrics, recipes, zoo
from tfgan_zoo.data import convert, images
from tfgan_zoo.degradations import GaussianNoise
from tfgan_zoo.export import conversion, invocation, outliers, rounding
from tfgan_zoo.export.signatures import folded_copy

SIDE, SIGMA = 256, 25


def judges(source, channels) -> list[tuple[dict, np.ndarray]]:
    """Inputs in 8 bits, and the clean photos."""
    pairs = []
    for number, path in enumerate(images.files(source)[::6][:32]):
        clean = convert.window(images.read(path, channels), SIDE).astype(np.float32) / 255
        noisy = metrics.quantize(GaussianNoise(SIGMA / 255)(clean, seed=number))
        pairs.append(({"image": np.asarray(noisy)[None], "sigma": np.float32([SIGMA])}, clean))
    return pairs


def psnr(run, pairs) -> float:
    """Mean over the judges, rounded to 8 bits."""
    restored = [(clean, np.asarray(run(**inputs)["restored"])) for inputs, clean in pairs]
    return float(np.mean([metrics.psnr(clean[None], metrics.quantize(image))[0] for clean, image in restored]))


def ways(network, requests) -> dict:
    """The content of the file, by what was done to make it."""
    sides = (SIDE, SIDE)
    usual = outliers.usual(network, requests, lambda x: invocation.run(network, x))
    kept = rounding.rounded(network)
    quantise, tensors = conversion._quantiser(network, sides), _tensors(network)
    ends = [name for name in tensors if "/head/" in name or "/tail/" in name]
    islands = {"denylisted_ops": ["ADD"], "denylisted_nodes": ends, "input_data_type": tf.float32}
    return {
        "fp16": conversion.converted(network, sides, "fp16", []),
        "weights in 8 bits, their sums kept": conversion.converted(network, sides, "weight_only", []),
        "features quantised on the fly": conversion.converted(network, sides, "dynamic", []),
        "int8, rounded one by one, whole ranges": quantise(conversion._calibrated(network, sides, usual)),
        "int8, sums of weights kept": quantise(conversion._calibrated(kept, sides, usual)),
        "... and what is added and the first and last convolution in floats": quantise(
            conversion._calibrated(kept, sides, usual), **islands
        ),
        "int8, sums kept, ranges by search: what `to_tflite` does": conversion.converted(network, sides, "int8", usual),
    }


def _tensors(network) -> list[str]:
    content = conversion.converted(network, (SIDE, SIDE), "fp32", [])
    return [tensor["name"] for tensor in inference.tflite.interpreter(content, 1).get_tensor_details()]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--preset", default="resunet_gray")
    options = parser.parse_args()
    network, pairs = zoo.load(options.preset), judges(options.data, zoo.load(options.preset).channels)
    if not network.noise_map:
        pairs = [({"image": inputs["image"]}, clean) for inputs, clean in pairs]
    recipe = recipes.get(zoo.metadata(options.preset)["recipe"])
    requests = [inputs for n, (inputs, _) in enumerate(recipe.requests(network, options.data, SIDE)) if n % 6]
    reference = psnr(lambda **inputs: invocation.run(network, {k: tf.constant(v) for k, v in inputs.items()}), pairs)
    print(f"{options.preset}, sigma {SIGMA}, {len(pairs)} photos: {reference:.2f} dB in floats")
    print("| file | MB | PSNR lost, dB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in ways(folded_copy(network), requests).items():
            file = Path(folder) / "file.tflite"
            file.write_bytes(content)
            lost = reference - psnr(inference.tflite.Runner(content), pairs)
            print(f"| {name} | {len(content) / 1e6:.2f} | {lost:.3f} |", flush=True)


if __name__ == "__main__":
    main()
