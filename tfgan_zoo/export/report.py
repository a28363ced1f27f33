"""What each TFLite variant costs and gains: measured, and told as a table."""

import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import metrics
from tfgan_zoo.data import replacing
from tfgan_zoo.export import flatbuffers, invocation, proof
from tfgan_zoo.export.signatures import float32_copy
from tfgan_zoo.export.tflite import VARIANTS
from tfgan_zoo.inference.tflite import TFLiteFile, quantized

# What LiteRT's GPU delegate takes, by its compatibility check in the source (gpu_compatibility.cc), as far as
# networks of this kind use it.
GPU_OPERATIONS = frozenset(
    "ABS ADD AVERAGE_POOL_2D BATCH_MATMUL CAST CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE "
    "DIV ELU EQUAL EXP FLOOR FULLY_CONNECTED GATHER GELU GREATER GREATER_EQUAL HARD_SWISH LEAKY_RELU LESS "
    "LESS_EQUAL LOG LOGISTIC MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL ONE_HOT PACK PAD PADV2 "
    "POW PRELU QUANTIZE REDUCE_MAX REDUCE_MIN RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR "
    "RESIZE_NEAREST_NEIGHBOR RSQRT SELECT SELECT_V2 SIN SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE "
    "SQUARED_DIFFERENCE STRIDED_SLICE SUB SUM TANH TILE TRANSPOSE TRANSPOSE_CONV".split()
)


LEGEND = (
    "Milliseconds and memory are of the CPU of the machine that exported them (XNNPACK), not of a phone. Distance is "
    "the root mean square difference from the network, of values in [0, 1]; PSNR is lost against the network, on "
    "photos damaged as the preset expects. Partitions are what the delegate of the CPU cuts the graph into, 1 at best; "
    "the last column has operations that LiteRT's GPU delegate does not take."
)
"""What the columns of `table` mean."""

_WHOLE = (
    "It judges by the whole image: show it a larger one made small, and bring what it did to the image, as "
    "`tfgan_zoo.ops.guided` says, rather than cut it into tiles."
)
_OF_GENERATORS = "convolutions in 8 bits; what goes in and comes out, and the rest, in floats"


def measured(network: keras.Model, file: Path, judged: list[tuple[dict, np.ndarray | None]]) -> dict:
    """Costs of a file, and how far it is from its network.

    Args:
        network: that it was exported from.
        file: of `to_tflite`.
        judged: inputs by name, and the clean image, (height, width, channels), that a restoration
            network should find, or None.

    Returns:
        megabytes; "milliseconds, 1 threads" and 2; memory_mb, what a process needs more;
        partitions, into which the CPU delegate cuts it, 1 at best; outside_gpu, operations that the
        GPU delegate does not take; distance, the root mean square difference from the network;
        and where clean images are known psnr, of the file, and loss, by how much the network is better, in dB,
        both of results rounded to 8 bits.
    """
    content = file.read_bytes()
    facts = {"megabytes": round(len(content) / 1e6, 2), **_cost(file, judged[0][0])}
    outside = sorted(set(flatbuffers.operations(content)) - GPU_OPERATIONS)
    return facts | {"outside_gpu": outside} | _quality(float32_copy(network), TFLiteFile(file), judged)


def _cost(file, inputs) -> dict:
    """By a process of its own: its memory is the file's."""
    loaded = TFLiteFile(file)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "inputs.npz"
        details = loaded.inputs.items()
        np.savez(place, **{detail["name"]: quantized(np.asarray(inputs[name]), detail) for name, detail in details})
        script = Path(__file__).with_name("litert_cost.py")
        return json.loads(proof.run_alone(f"{file} does not run in LiteRT", script, file, place).splitlines()[-1])


def _quality(network, loaded, judged) -> dict:
    rows = []
    for inputs, clean in judged:
        given = {name: tf.constant(value) for name, value in inputs.items()}
        ((name, expected),) = list(invocation.run(network, given).items())[:1]
        expected, found = np.asarray(expected), loaded(**inputs)[name]
        row = {"distance": float(np.sqrt(np.mean((expected - found) ** 2)))}
        if clean is not None:
            row["psnr"], reference = (_psnr(clean, image) for image in (found, expected))
            row["loss"] = reference - row["psnr"]
        rows.append(row)
    # Plus nothing, so that there is no -0.
    return {name: round(float(np.mean([row[name] for row in rows])), 4) + 0.0 for name in rows[0]}


def _psnr(clean, image) -> float:
    return float(metrics.psnr(clean[None], np.asarray(metrics.quantize(image)))[0])


def table(name: str, rows: dict[str, dict]) -> str:
    """The variants as a Markdown table: file by file what `measured` gave."""
    judged = any("loss" in row for row in rows.values())
    quality = ["distance from the network", *(["PSNR lost, dB"] if judged else [])]
    head = ["file", "MB", "ms, 1 thread", "ms, 2 threads", "memory, MB", *quality, "partitions", "not for GPUs"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for file, row in rows.items():
        quality = [f"{row['distance']:.4f}"]
        if judged:
            quality.append(f"{round(row['loss'], 3) + 0.0:.3f}" if "loss" in row else "-")
        times = [f"{row[f'milliseconds, {threads} threads']:.1f}" for threads in (1, 2)]
        cells = [
            f"`{file}`",
            f"{row['megabytes']:.2f}",
            *times,
            f"{row['memory_mb']:.0f}",
            *quality,
            str(row["partitions"]),
        ]
        lines.append("| " + " | ".join([*cells, ", ".join(row["outside_gpu"]) or "-"]) + " |")
    return "\n".join(lines)


def write_readme(folder: str | os.PathLike, name: str, rows: dict[str, dict], file: str) -> Path:
    """Writes what a phone's developer needs to know beside the files: the table and the tensors' contract.

    Args:
        folder: of the files.
        name: of the preset.
        rows: file by file what `measured` gave.
        file: name of the one whose tensors are described.
    """
    about = TFLiteFile(Path(folder) / file).about
    generates = about["kind"] == "generation"
    there = [v for v in VARIANTS if any(file.endswith(f"_{v}.tflite") for file in rows)]
    parts = [
        f"# {name} for phones",
        table(name, rows),
        LEGEND,
        "\n".join(f"- {v}: {_OF_GENERATORS if v == 'int8' and generates else VARIANTS[v]}" for v in there),
        "## What goes in and comes out",
        "\n".join(_tensors(about, "input") + _tensors(about, "output")),
        *[f"Classes of `{n}`, from 0: {', '.join(known)}." for n, known in about.get("classes", {}).items()],
        f"Shapes, types and scales are those of `{file}`; the .json beside each file has its own, and so has the "
        "file, in the metadata buffer `tfgan_zoo`. A value is scale * (level - zero point). Channels last, RGB order, "
        "batch 1.",
        *([_WHOLE] if about.get("whole") else []),
        "On Android, LiteRT's `CompiledModel` counts its buffers as the signature does; on iOS, "
        "`Interpreter.copy(_:toInputAt:)` and `output(at:)` as the graph does. `tutorials/04_on_the_phone.ipynb` has "
        "both in Kotlin and Swift, which were not run here.",
    ]
    path = Path(folder) / "README.md"
    replacing.text(path, "\n\n".join(parts) + "\n")
    return path


def _tensors(about: dict, end: str) -> list[str]:
    return [
        f"- `{name}`, {end} {number} of the signature and {tensor['index']} of the graph: {tuple(tensor['shape'])}, "
        f"{tensor['range']}, {tensor['type']}"
        + (f" of scale {tensor['scale']:g} and zero point {tensor['zero_point']}" if "scale" in tensor else "")
        for number, (name, tensor) in enumerate(about[f"{end}s"].items())
    ]
