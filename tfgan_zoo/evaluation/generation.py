"""Measures generators by a protocol."""

import json
import os
from collections.abc import Callable

import keras
import numpy as np

from tfgan_zoo import data, inference, metrics, networks, zoo
from tfgan_zoo.data import replacing
from tfgan_zoo.evaluation.generation_protocols import GenerationProtocol


def evaluate_generator(
    network: keras.Model,
    protocol: GenerationProtocol,
    source: str | os.PathLike,
    *,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Measures a generator.

    Args:
        network: a `networks.Generator` of the protocol's images, whose conditions its data have.
        protocol: from `GENERATION_PROTOCOLS`.
        source: of the data.
        progress: called with what is being done.

    Returns:
        frechet, kernel; precision, recall, density, coverage; spectrum; the same of real images
        ("frechet, floor"), the held-out ones, all in parts as large as those are many, but not
        where the generator is asked for those themselves; memorisation, in features and
        in pixels; support, by a birthday test, as a share of the real images'; where a judge
        names the labels, classes, the total variation of the classes found from those of the real
        images, and, where the network takes labels, gan_test, how often the label asked for is
        seen, and coverage, for each class; and what the protocol's `fidelity` measures.

    Raises:
        ValueError: no generator, or one that makes other images or needs other conditions.
    """
    extractor = zoo.load(protocol.extractor)
    if not isinstance(network, (networks.Generator, inference.TFLiteGenerator)):
        raise ValueError(f"{protocol.name} measures generators; {network.name} is none")
    if network.shape != extractor.shape:
        raise ValueError(f"{protocol.name} measures images of {extractor.shape}, {network.name} makes {network.shape}")
    progress("reading")
    examples = protocol.examples(source)
    if missing := set(network.conditions) - set(examples.arrays):
        raise ValueError(f"{protocol.name} cannot set {', '.join(sorted(missing))}, which {network.name} takes")
    asked, known = _asked(network, examples, protocol.count)
    real = known["image"]
    progress(f"generating {len(real)} images")
    given = {name: asked[name] for name in network.conditions}
    fake = np.round(inference.generate(network, len(real), seed=0, **given) * 255).astype(np.uint8)
    progress("comparing")
    # Of several colourings of a drawing, its own: the others are too much like it to count as neighbours.
    own = asked["turn"] == 0 if "turn" in asked else np.ones(len(real), bool)
    real_features, features = (extractor_features(extractor, images) for images in (real, fake))
    target, (shown, seen) = (real[own], real_features[own]), (fake[own], features[own])
    if real is examples.held_out["image"]:
        others, parts, floor = target[0], [], {}
    else:
        others = examples.held_out["image"][: protocol.count]
        parts = [slice(i, i + len(others)) for i in range(0, len(shown) - len(others) + 1, len(others))]
        floor = _compared(target, others, extractor_features(extractor, others))
    measured = [_compared(target, shown[part], seen[part]) for part in parts or [slice(None)]]
    result = {name: float(np.mean([row[name] for row in measured])) for name in measured[0]}
    result |= {f"{name}, floor": value for name, value in floor.items()}
    result |= _memorisation(extractor, protocol, examples, others, shown)
    result["support"] = _support(target[1], seen)
    if protocol.judge:
        judge = zoo.load(protocol.judge)
        result |= _labels(network, judge, examples, asked, (known, real_features), (fake, features))
    return result | protocol.fidelity(fake, asked)


def _asked(network, examples, count) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What to ask for, and the real images to compare with, with what is known of them.

    Labels in equal shares, or what the training images are; but where a condition is an image,
    what the held-out images are, and those themselves.
    """
    drawn = bool(network.image_conditions())
    if drawn:
        return {n: array for n, array in examples.held_out.items() if n != "image"}, examples.held_out
    rows = _spaced(np.arange(len(examples.images())), count)
    known = {name: array[rows] for name, array in examples.arrays.items()}
    if set(network.conditions) <= {"label"}:
        return {"label": np.arange(len(rows)) % len(examples.classes["label"])}, known
    return {name: array for name, array in known.items() if name != "image"}, known


def _spaced(values, count):
    """So many of them, or all, evenly spaced."""
    return values[np.linspace(0, len(values) - 1, min(count, len(values))).astype(int)]


def _compared(real, images, features) -> dict[str, float]:
    """All distances of some images from the real ones, each as (images, features)."""
    spectrum = {"spectrum": metrics.spectrum_distance(real[0], images)}
    return _distances(real[1], features) | _neighbours(real[1], features) | spectrum


def _distances(real, fake) -> dict[str, float]:
    return {"frechet": metrics.frechet_distance(real, fake), "kernel": metrics.kernel_distance(real, fake)[0]}


def _neighbours(real, fake) -> dict[str, float]:
    precision, recall = metrics.precision_recall(real, fake)
    density, coverage = metrics.density_coverage(real, fake)
    return {"precision": precision, "recall": recall, "density": density, "coverage": coverage}


def _memorisation(extractor, protocol, examples, held_out, fake) -> dict[str, float]:
    """By features, and by 8 x 8 thumbnails, against all training images, as other real images are from those."""
    gallery = examples.images()
    if protocol.mirrored:
        gallery = np.concatenate([gallery, gallery[:, :, ::-1]])
    sees = {
        "memorisation": lambda images: extractor_features(extractor, images),
        "memorisation, pixels": lambda images: data.thumbnails(np.float32(images) / 255),
    }
    return {name: metrics.memorisation(see(gallery), see(held_out), see(fake)) for name, see in sees.items()}


def _labels(network, judge, examples, asked, real, fake) -> dict[str, float]:
    """How well the classes are met, as a judge of the same classes names them; floors by the held-out images."""
    names, held_out = examples.classes["label"], examples.held_out
    (known, real_features), (fake_images, features) = real, fake
    real_found, found, others = (judged_labels(judge, x) for x in (known["image"], fake_images, held_out["image"]))
    shares = np.bincount(real_found, minlength=len(names)) / len(real_found)
    result = {"classes": metrics.histogram_distance(found, len(names), shares)}
    result["classes, floor"] = metrics.histogram_distance(others, len(names), shares)
    if "label" not in network.conditions:
        return result
    right = found == asked["label"]
    result["gan_test"] = float(right.mean())
    result["gan_test, floor"] = float((others == held_out["label"]).mean())
    for number, name in enumerate(names):
        wanted, there = asked["label"] == number, known["label"] == number
        result[f"gan_test, {name}"] = float(right[wanted].mean())
        if min(wanted.sum(), there.sum()) > 5:
            result[f"coverage, {name}"] = metrics.density_coverage(real_features[there], features[wanted])[1]
    return result


def scaled(values: np.ndarray) -> np.ndarray:
    """uint8 as float32 in [0, 1]; other types stay."""
    return np.float32(values) / 255 if values.dtype == np.uint8 else values


def _support(real, fake, closest: float = 1e-4) -> float:
    """How many images the fake ones speak for, as a share of what the real ones do, by collisions.

    Two are the same where they are closer than all but that share `closest` of pairs of real
    ones; 10 at most, for where nothing collides.
    """
    threshold = metrics.pair_distance(real, closest)
    whole = metrics.birthday_support(real, threshold)  # finite: the closest pair is at the threshold at most
    return min(metrics.birthday_support(fake, threshold) / whole, 10.0)


def scores_text(name: str, scores: dict[str, float]) -> str:
    """A table: each score, and beside it the floor, what real images get that were not trained on."""
    lines = [f"{'':<24} {name:>14} {'floor':>9}"]
    for score, value in scores.items():
        if not score.endswith(", floor"):
            floor = scores.get(f"{score}, floor")
            lines.append(f"{score:<24} {value:14.3f}" + ("" if floor is None else f" {floor:9.3f}"))
    return "\n".join(lines)


def save_scores(path: str | os.PathLike, name: str, protocol: GenerationProtocol, scores: dict, **facts) -> None:
    """Writes what `evaluate_generator` gave."""
    record = {"network": name, "protocol": protocol.name, "rules": protocol.summary, **facts, "scores": scores}
    replacing.text(path, json.dumps(record, indent=1) + "\n")


def extractor_features(extractor, images) -> np.ndarray:
    """Features of images, uint8."""
    parts = [extractor.features(scaled(images[i : i + 500]), training=False) for i in range(0, len(images), 500)]
    return np.concatenate([np.asarray(part) for part in parts])


def judged_labels(judge, images) -> np.ndarray:
    """The most likely class of images, uint8."""
    parts = [judge(scaled(images[i : i + 500]), training=False) for i in range(0, len(images), 500)]
    return np.concatenate([np.asarray(part) for part in parts]).argmax(axis=-1)
