"""Measures a network under a protocol, and prints it beside what others published."""

import dataclasses
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tqdm

from tfgan_zoo import inference, metrics, networks
from tfgan_zoo.data import convert, images, replacing
from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.evaluation import layouts
from tfgan_zoo.evaluation.literature import data_name, published
from tfgan_zoo.evaluation.protocols import Protocol
from tfgan_zoo.ops import color


@dataclasses.dataclass(frozen=True)
class Result:
    """One image at one level: fidelity before (`input_`) and after, PSNR in dB."""

    file: str
    level: float
    input_psnr: float
    psnr: float
    input_ssim: float
    ssim: float
    psnr_b: float | None
    seconds: float


def evaluate(
    network: keras.Model, protocol: Protocol, folder: str | os.PathLike, levels: Sequence[float] | None = None
) -> list[Result]:
    """Measures a network on every image of a folder at every level.

    Args:
        network: a `networks.RestorationNetwork` of the protocol's channels, or a restorer, such as
            that of a TFLite file, for which it is `protocol.in_eight_bits()`.
        protocol: from `PROTOCOLS`.
        folder: of clean images.
        levels: None takes the protocol's usual ones.

    Raises:
        ValueError: if the network restores nothing, its or an image's channels are not the
            protocol's, a level is out of its range, the network wants a sigma that the protocol
            does not know, or the folder holds pairs that do not match or of unknown names.
        images.ImageError: see `images.read`.
    """
    if not isinstance(network, (networks.RestorationNetwork, inference.TiledRestorer)):
        raise ValueError(f"{protocol.name} measures restoration; {network.name} restores nothing")
    if network.channels != protocol.channels:
        raise ValueError(
            f"{protocol.name} needs a network of {protocol.channels} channels, this has {network.channels}"
        )
    if isinstance(network, inference.TiledRestorer):
        protocol = protocol.in_eight_bits()
    if min(levels or protocol.levels) <= 0:
        raise ValueError(f"{protocol.level} must be positive, got {min(levels):g}")
    pairs = layouts.pairs(Path(folder), protocol.layouts)
    if pairs and levels:
        raise ValueError(f"{folder} holds pairs of photos; there is no {protocol.level} to vary")
    if protocol.enlarges:
        levels = _factor(network, protocol, levels)
    # Pairs are as they are: of no level.
    asked = [(0.0, n, *pair) for n, pair in enumerate(pairs)] or [
        (level, n, None, path)
        for level in levels or protocol.levels
        for n, path in enumerate(layouts.clean_photos(Path(folder), int(level) if protocol.enlarges else None))
    ]
    _check_files({path for _, _, *both in asked for path in both if path}, protocol)
    return [_measure(network, protocol, *one) for one in tqdm.tqdm(asked, desc=protocol.name, unit="image")]


def _check_files(paths: set[Path], protocol: Protocol) -> None:
    """Opens every file, so that a wrong one is named at once and not after hours."""
    for path in sorted(paths):
        channels = images.Picture(path).channels
        converted = protocol.enlarges or (protocol.luma and channels == 3)
        if channels != protocol.channels and not converted:
            wanted, got = ({1: "gray", 3: "in colour"}[count] for count in (protocol.channels, channels))
            raise ValueError(
                f"{protocol.name} measures photos that are {wanted}, and {path} is {got}: convert it, or choose "
                "another protocol"
            )


def _factor(network, protocol, levels) -> list[float]:
    """The factor that the network enlarges by, which nobody else may ask for."""
    if levels and set(levels) != {network.scale}:
        raise ValueError(f"{network.name} enlarges {network.scale} times, not {min(levels):g}")
    if network.scale not in protocol.levels:
        raise ValueError(f"{protocol.name} is for networks that enlarge; {network.name} keeps the size")
    return [float(network.scale)]


def _read(path: Path, protocol: Protocol) -> np.ndarray:
    image = images.read(path, 3 if protocol.enlarges else None)
    if protocol.luma and protocol.channels == 1 and image.shape[-1] == 3:
        return np.round(255 * np.asarray(color.rgb_to_luma(np.float32(image) / 255))) / np.float32(255)
    return np.float32(image) / 255


def _measure(network, protocol, level, number, degraded, path) -> Result:
    """One image: of a pair, or degraded by the protocol."""
    clean = protocol.prepared(_read(path, protocol), level)
    if degraded is None:
        degraded, name = protocol.degrade(clean, level, number, path), path.name
    else:
        degraded, name = _read(degraded, protocol), degraded.name
        if protocol.cropped:
            clean = convert.middle(clean, *degraded.shape[:2])
        if degraded.shape != clean.shape:
            raise ValueError(
                f"{name} is {degraded.shape[:2]}, its clean photo {clean.shape[:2]}; pairs are of one size"
            )
    if network.noise_map and protocol.sigma is None:
        raise ValueError(f"{protocol.name} has no sigma to tell a network with a noise map")
    sigma = protocol.sigma(level) if network.noise_map else None
    started = time.perf_counter()
    restored = _restored(network, np.float32(degraded)[None], sigma)
    seconds = time.perf_counter() - started
    before = protocol.baseline(np.float32(degraded), level)[None]
    shown = {"clean": clean[None], "before": before, "rounded": metrics.quantize(before)}
    shown["restored"] = metrics.quantize(restored)
    clean, before, rounded, restored = (protocol.compared(np.asarray(image), level) for image in shown.values())
    return Result(
        name,
        level,
        float(metrics.psnr(clean, before)[0]),
        float(metrics.psnr(clean, restored)[0]),
        float(metrics.ssim(clean, rounded)[0]),
        float(metrics.ssim(clean, restored)[0]),
        float(metrics.psnr_b(clean, restored)[0]) if protocol.level == "quality" else None,
        seconds,
    )


def _restored(network, degraded, sigma) -> np.ndarray:
    if isinstance(network, inference.TiledRestorer):
        network.sigma = None if sigma is None else 255 * sigma
        levels = np.round(np.clip(degraded[0], 0, 1) * 255).astype(np.uint8)
        return np.float32(inference.restore(network, levels))[None] / 255
    inputs = degraded if sigma is None else (degraded, np.full((1, 1, 1, 1), sigma, np.float32))
    if network.survey_side is not None:
        inputs = (degraded, inference.KerasRestorer(network).surveyed(ArrayPicture(np.clip(degraded[0], 0, 1))))
    return keras.ops.convert_to_numpy(network(inputs))


def means(results: list[Result]) -> dict[float, dict[str, float]]:
    """Means over images, by level: input_psnr, psnr, input_ssim, ssim, seconds and, for JPEG, psnr_b."""
    table = {}
    for level in dict.fromkeys(result.level for result in results):
        rows = [dataclasses.asdict(result) for result in results if result.level == level]
        names = [name for name, value in rows[0].items() if isinstance(value, float) and name != "level"]
        table[level] = {name: float(np.mean([row[name] for row in rows])) for name in names}
    return table


def table(name: str, protocol: Protocol, folder: str | os.PathLike, results: list[Result]) -> str:
    """The results as text: the input, what others published on this data set, and ours."""
    summary = means(results)
    count = len(results) // len(summary)
    rows = {"input": {level: row["input_psnr"] for level, row in summary.items()}}
    rows |= {
        f"{model} (published)": row
        for model, row in published(protocol.name, data_name(folder), count).items()
        if set(row) & set(summary)
    }
    rows[name] = {level: row["psnr"] for level, row in summary.items()}
    rows[f"{name}, SSIM"] = {level: row["ssim"] for level, row in summary.items()}
    if protocol.level == "quality":
        rows[f"{name}, PSNR-B"] = {level: row["psnr_b"] for level, row in summary.items()}
    width = max(map(len, rows))
    lines = [
        f"{protocol.name}, {count} image{'s' * (count > 1)}: {protocol.summary}",
        "",
        f"{protocol.level:<{width}} " + _cells(summary, lambda x: f"{x:g}"),
    ]
    for label, row in rows.items():
        form = (lambda x: f"{x:.4f}") if label.endswith("SSIM") else (lambda x: f"{x:.2f}")
        lines.append(f"{label:<{width}} " + _cells([row.get(level) for level in summary], form))
    return "\n".join(lines)


def _cells(values, form) -> str:
    return " ".join(f"{'-' if value is None else form(value):>8}" for value in values)


def save_json(path: str | os.PathLike, name: str, protocol: Protocol, results: list[Result], **facts) -> None:
    """Writes means and per-image results."""
    record = {
        "network": name,
        "protocol": protocol.name,
        "rules": protocol.summary,
        **facts,
        "means": {f"{level:g}": row for level, row in means(results).items()},
        "images": [dataclasses.asdict(result) for result in results],
    }
    replacing.text(path, json.dumps(record, indent=1) + "\n")
