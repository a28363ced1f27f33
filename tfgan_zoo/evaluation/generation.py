"""Measures generators by a protocol."""

import json
import os
from collections.abc import Callable

import keras
import numpy as np

from tfgan_zoo import data, inference, metrics, networks, zoo
from tfgan_zoo.data import replacing
from tfgan_zoo.evaluation.gan_train import gan_train
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
        seen, and coverage, for each class; where the protocol says so, `gan_train`; and what its
        `fidelity` measures, if that was asked for.

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
    real_features, features = (data.features(images, extractor.features) for images in (real, fake))
    target, (shown, seen) = (real[own], real_features[own]), (fake[own], features[own])
    if real is examples.held_out["image"]:
        others, floor = target[0], {}
    else:
        others = examples.held_out["image"][: protocol.count]
        floor = _compared(target, others, data.features(others, extractor.features))
    measured = [_compared(target, shown[part], seen[part]) for part in _parts(len(shown), len(others))]
    result = {name: float(np.mean([row[name] for row in measured])) for name in measured[0]}
    result |= {f"{name}, floor": value for name, value in floor.items()}
    result |= _memorisation(extractor, protocol, examples, others, shown)
    result["support"] = _support(target[1], seen)
    if protocol.judge:
        judge = zoo.load(protocol.judge)
        result |= _classes(judge, examples, known["image"], fake)
        if "label" in network.conditions:
            result |= _labels(extractor, judge, examples, asked, (known, real_features), (fake, features))
    if protocol.gan_train and set(network.conditions) == {"label"}:
        progress("training a classifier on generated images, and one on real ones")
        result |= gan_train(network, examples, count=protocol.gan_train)
    return result | (protocol.fidelity(fake, asked) if set(protocol.reads) <= set(asked) else {})


def _asked(network, examples, count) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What to ask for, and the real images to compare with, with what is known of them.

    Labels in equal shares, or what the training images are; but where a condition is an image,
    what the held-out images are, and those themselves.
    """
    drawn = bool(network.image_conditions())
    if drawn:
        return {n: array for n, array in examples.held_out.items() if n != "image"}, examples.held_out
    taken = examples.taken()
    rows = _spaced(np.arange(len(taken["image"])), count)
    known = {name: array[rows] for name, array in taken.items()}
    if set(network.conditions) <= {"label"}:
        return {"label": np.arange(len(rows)) % len(examples.classes["label"])}, known
    return {name: array for name, array in known.items() if name != "image"}, known


def _spaced(values, count):
    """So many of them, or all, evenly spaced."""
    return values[np.linspace(0, len(values) - 1, min(count or len(values), len(values))).astype(int)]


def _parts(count, size):
    """Whole parts of so many; all, if there are fewer."""
    return [slice(i, i + size) for i in range(0, count - size + 1, size)] or [slice(None)]


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
    """By features, and by 8 x 8 thumbnails, against all that is learnt from, as other real images are from it."""
    learnt, found = examples.arrays["image"], {}
    ways = [learnt, learnt[:, :, ::-1]] if protocol.mirrored else [learnt]
    for name, see in (("memorisation", extractor.features), ("memorisation, pixels", data.thumbnails)):
        gallery = np.concatenate([data.features(way, see) for way in ways])
        found[name] = metrics.memorisation(gallery, data.features(held_out, see), data.features(fake, see))
    return found


def _classes(judge, examples, real, fake) -> dict[str, float]:
    """How far the shares of the classes that a judge finds are from those among real images."""
    names, held_out = examples.classes["label"], examples.held_out["image"]
    shares = np.bincount(judged_labels(judge, real), minlength=len(names)) / len(real)
    kinds = {"classes": fake, "classes, floor": held_out}
    return {k: metrics.histogram_distance(judged_labels(judge, x), len(names), shares) for k, x in kinds.items()}


def _labels(extractor, judge, examples, asked, real, fake) -> dict[str, float]:
    """How well the labels asked for are met, for each class too; floors by the held-out images."""
    (known, real_features), (made, features), held_out = real, fake, examples.held_out
    held_out_features = data.features(held_out["image"], extractor.features)
    right = judged_labels(judge, made) == asked["label"]
    floor = judged_labels(judge, held_out["image"]) == held_out["label"]
    result = {"gan_test": float(right.mean()), "gan_test, floor": float(floor.mean())}
    for number, name in enumerate(examples.classes["label"]):
        wanted, there, others = (part["label"] == number for part in (asked, known, held_out))
        result[f"gan_test, {name}"] = float(right[wanted].mean())
        if min(wanted.sum(), there.sum(), others.sum()) > 5:
            # As many as are held out, of each class too: more would cover more.
            near, seen = real_features[there], features[wanted]
            parts = _parts(len(seen), int(others.sum()))
            result[f"coverage, {name}"] = float(np.mean([metrics.density_coverage(near, seen[p])[1] for p in parts]))
            result[f"coverage, {name}, floor"] = metrics.density_coverage(near, held_out_features[others])[1]
    return result


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


def judged_labels(judge, images) -> np.ndarray:
    """The most likely class of images, uint8."""
    return data.features(images, judge).argmax(axis=-1)
