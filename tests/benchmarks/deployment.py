"""Prints how exported networks compare: LiteRT with ONNX Runtime and PyTorch, a SavedModel with Keras.

    python -m pip install '.[benchmark,tflite,interop]'
    python tests/benchmarks/deployment.py [--rounds 3]

The same network, resunet_gray, on the same gray image of 256 x 256, two threads everywhere; in turn in each round, the
median of the rounds. A ratio over 1 means that the first of a pair is faster.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import itertools

import numpy as np
import tensorflow as tf

from tfgan_zoo import export, inference, zoo
from tfgan_zoo.export import proof

SIDE, THREADS = 256, 2


def milliseconds(step) -> float:
    """Median of calls over two seconds, after three to warm up."""
    times, begun = [], time.perf_counter()
    for _ in range(3):
        step()
    while not times or time.perf_counter() - begun < 2:
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


def inputs() -> tuple[np.ndarray, np.ndarray]:
    """A photo with noise of sigma 25, as float32, and its sigma in levels."""
    clean = np.float32(proof.photo(1, SIDE, SIDE)) / 255
    noise = np.random.default_rng(0).normal(0, 25 / 255, clean.shape)
    return np.float32(np.clip(clean + noise, 0, 1))[None], np.float32([25])


def litert(network, folder, variant):
    """Steps of a TFLite file."""
    image, sigma = inputs()
    calibration = [{"image": np.roll(image, 31 * n, axis=2), "sigma": sigma} for n in range(8)]
    file = export.to_tflite(network, folder / f"{variant}.tflite", size=SIDE, variant=variant, calibration=calibration)
    interpreter = inference.tflite.interpreter(file.read_bytes(), THREADS)
    for detail in interpreter.get_input_details():
        value = sigma if "sigma" in detail["name"] else image
        interpreter.set_tensor(detail["index"], inference.tflite.quantized(value, detail))
    return interpreter.invoke


def onnx(network, folder, eight_bit=False):
    """Steps of ONNX Runtime, in float32 or statically quantised."""
    import onnxruntime
    import tf2onnx
    from onnxruntime import quantization

    image, sigma = inputs()
    specs = (tf.TensorSpec((1, SIDE, SIDE, 1), tf.float32, "image"), tf.TensorSpec((1,), tf.float32, "sigma"))
    path = str(folder / "network.onnx")
    tf2onnx.convert.from_function(
        tf.function(lambda image, sigma: network((image, sigma[:, None, None, None] / 255))),
        specs,
        opset=17,
        output_path=path,
    )
    if eight_bit:

        class Reader(quantization.CalibrationDataReader):
            def __init__(self):
                self.rows = iter([{"image": np.roll(image, 31 * n, axis=2), "sigma": sigma} for n in range(8)])

            def get_next(self):
                return next(self.rows, None)

        quantization.quantize_static(path, path + ".int8", Reader())
        path += ".int8"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"image": image, "sigma": sigma})


def torch_network(like):
    """The same layers in PyTorch, with random weights: they cost the same."""
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.first, self.second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))

        def forward(self, x):
            return x + self.second(torch.relu(self.first(x)))

    class Network(nn.Module):
        def __init__(self, widths, blocks):
            super().__init__()
            self.head = nn.Conv2d(8, widths[0], 3, padding=1)
            stages = [nn.Sequential(*[Block(w) for _ in range(b)]) for w, b in zip(widths, blocks)]
            self.down_stages = nn.ModuleList(stages)
            self.up_stages = nn.ModuleList(
                [nn.Sequential(*[Block(w) for _ in range(b)]) for w, b in zip(widths, blocks)][:-1]
            )
            self.downs = nn.ModuleList([nn.Conv2d(a, b, 2, 2) for a, b in itertools.pairwise(widths)])
            self.ups = nn.ModuleList([nn.Conv2d(b, 4 * a, 1) for a, b in itertools.pairwise(widths)])
            self.tail = nn.Conv2d(widths[0], 4, 3, padding=1)

        def forward(self, image, sigma):
            shuffle = nn.functional.pixel_shuffle
            x = self.head(nn.functional.pixel_unshuffle(torch.cat([image, sigma.expand_as(image)], 1), 2))
            skips = []
            for stage, down in zip(self.down_stages, self.downs):
                x = stage(x)
                skips.append(x)
                x = down(x)
            x = self.down_stages[-1](x)
            for stage, up, skip in reversed(list(zip(self.up_stages, self.ups, skips))):
                x = stage(skip + shuffle(up(x), 2))
            return image + shuffle(self.tail(x), 2)

    torch.set_num_threads(THREADS)
    network = Network(like.widths, like.blocks).eval().to(memory_format=torch.channels_last)
    image, sigma = inputs()
    image = torch.tensor(image).permute(0, 3, 1, 2)
    level = torch.tensor(sigma / 255).reshape(1, 1, 1, 1)

    def step():
        with torch.inference_mode():
            network(image, level)

    return step


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    folder, network = Path(tempfile.mkdtemp()), zoo.load("resunet_gray")
    image, sigma = inputs()
    served = tf.saved_model.load(str(export.to_saved_model(network, folder / "model"))).signatures["serving_default"]
    tensors = {"image": tf.constant(image), "sigma": tf.constant(sigma)}
    pair = (image, sigma.reshape(1, 1, 1, 1) / 255)
    steps = {
        "LiteRT fp32": litert(network, folder, "fp32"),
        "LiteRT int8": litert(network, folder, "int8"),
        "ONNX Runtime fp32": onnx(network, folder),
        "ONNX Runtime int8": onnx(network, folder, eight_bit=True),
        "PyTorch fp32": torch_network(network),
        "SavedModel": lambda: served(**tensors)["restored"].numpy(),
        "Keras, eager": lambda: np.asarray(network(pair)),
        "Keras, predict": lambda: network.predict(pair, verbose=0),
    }
    measured = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            measured[name].append(milliseconds(step))
    medians = {name: statistics.median(values) for name, values in measured.items()}
    print("| the same network and image | ms |\n|---|---|")
    for name, value in medians.items():
        print(f"| {name} | {value:.1f} |")
    pairs = [("LiteRT fp32", "ONNX Runtime fp32"), ("LiteRT fp32", "PyTorch fp32"), ("LiteRT int8", "LiteRT fp32")]
    pairs += [("LiteRT int8", "ONNX Runtime int8"), ("SavedModel", "Keras, eager"), ("SavedModel", "Keras, predict")]
    pairs += [("SavedModel", "ONNX Runtime fp32")]
    print("\n| faster | than | times |\n|---|---|---|")
    for first, second in pairs:
        print(f"| {first} | {second} | {medians[second] / medians[first]:.2f} |")


if __name__ == "__main__":
    main()
