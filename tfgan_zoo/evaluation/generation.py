"""Named protocols for generators: what is measured, by which network, on how many images."""

import dataclasses
import json
import os
from collections.abc import Callable

import keras
import numpy as np

from tfgan_zoo import data, inference, metrics, networks, zoo
from tfgan_zoo.data import conditions, texts


@dataclasses.dataclass(frozen=True)
class GenerationProtocol:
    """An evaluation without a free choice.

    Args:
        name: of the protocol.
        extractor: preset whose features are compared, and which names classes where generators
            take labels of the same.
        examples: reads the data from a folder.
        count: images generated, and as many training images compared with, if there are so many.
        summary: the rules.
        fidelity: function of generated images, uint8, and what they were asked to be, to more
            scores.
    """

    name: str
    extractor: str
    examples: Callable[[str | os.PathLike], data.Examples]
    count: int
    summary: str
    fidelity: Callable[[np.ndarray, dict], dict[str, float]] = lambda images, asked: {}


_MEASURES = (
    "Precision and recall with 3 neighbours, density and coverage with 5; not comparable with Inception's features."
)

FMNIST_CFID = GenerationProtocol(
    "fmnist-cfid",
    "fashion_features",
    data.mnist,
    10_000,
    "Frechet distance in the 128 hidden features of the classifier fashion_features, 10,000 generated images "
    "(seed 0, no truncation, labels in equal shares) against 10,000 training images, evenly spaced. " + _MEASURES,
)


def _colored(images, asked):
    color = conditions.dominant_color(images, asked.get("opacity"))
    return {"color_error": float(np.linalg.norm(color - asked["color"], axis=-1).mean())}


def _drawn(images, asked):
    difference = np.abs(conditions.outline(images).astype(np.float32) - asked["outline"]) / 255
    return {"outline_error": float(difference.mean()), **_colored(images, asked)}


EMOJI_FD = GenerationProtocol(
    "emoji-fd",
    "emoji_features",
    data.emoji,
    4_000,
    "Outlines and colours of the held-out emoji; Frechet distance in the 128 hidden features of emoji_features to "
    "as many training images, evenly spaced. Outline error: mean absolute difference, in [0, 1], of the outline of "
    "what was made and of what was asked for; colour error: distance of the mean colours in RGB, in [0, 1]. "
    + _MEASURES,
    _drawn,
)

FLOWERS_PRDC = GenerationProtocol(
    "flowers-prdc",
    "flower_features",
    data.flowers,
    1_224,
    "Kinds and colours of the training photos, each with a new latent vector (seed 0, no truncation); the 128 hidden "
    "features of flower_features. Colour error: distance of the mean colours in RGB, in [0, 1], over the whole "
    "picture. " + _MEASURES,
    _colored,
)

GENERATION_PROTOCOLS = {p.name: p for p in (FMNIST_CFID, EMOJI_FD, FLOWERS_PRDC)}


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
        frechet; floor, the same distance from training to held-out images; precision, recall,
        density, coverage; memorisation; support, by a birthday test, as a share of the real
        images'; where the extractor names the labels, classes, the total variation of the
        classes found from those of the real images, and, where the network takes labels,
        gan_test: how often the label asked for is seen, in all and for each class; and what
        the protocol's `fidelity` measures.

    Raises:
        ValueError: a network that makes other images or needs other conditions.
    """
    extractor = zoo.load(protocol.extractor)
    if network.shape != extractor.shape:
        raise ValueError(f"{protocol.name} measures images of {extractor.shape}, {network.name} makes {network.shape}")
    progress("reading")
    examples = protocol.examples(source)
    if missing := set(network.conditions) - set(examples.arrays):
        raise ValueError(f"{protocol.name} cannot set {', '.join(sorted(missing))}, which {network.name} takes")
    asked = _asked(network, examples, protocol.count)
    count = len(next(iter(asked.values()))) if asked else protocol.count
    progress(f"generating {count} images")
    given = {name: _scaled(asked[name]) for name in network.conditions}
    fake = np.round(inference.generate(network, count, seed=0, **given) * 255).astype(np.uint8)
    progress("comparing")
    real = _spaced(examples.arrays["image"], count)
    held_out = examples.held_out["image"][:count]
    (real_features, real_found), (held_out_features, _), (features, found) = (
        _see(extractor, images) for images in (real, held_out, fake)
    )
    result = {
        "frechet": metrics.frechet_distance(real_features, features),
        "floor": metrics.frechet_distance(real_features, held_out_features),
    }
    result["precision"], result["recall"] = metrics.precision_recall(real_features, features)
    result["density"], result["coverage"] = metrics.density_coverage(real_features, features)
    result["memorisation"] = metrics.memorisation(real_features, held_out_features, features)
    result["support"] = _support(real_features, features)
    names = examples.classes["label"]
    if len(names) == extractor.classes:
        shares = np.bincount(real_found, minlength=len(names)) / len(real_found)
        result["classes"] = metrics.histogram_distance(found, len(names), shares)
    if "label" in network.conditions:
        right = found == asked["label"]
        result["gan_test"] = float(right.mean())
        result |= {f"gan_test, {name}": float(right[asked["label"] == n].mean()) for n, name in enumerate(names)}
    return result | protocol.fidelity(fake, asked)


def _asked(network, examples, count) -> dict[str, np.ndarray]:
    """Labels in equal shares; the held-out images' conditions where one is an image; else the training images'."""
    if set(network.conditions) <= {"label"}:
        return {"label": np.arange(count) % len(examples.classes["label"])} if network.conditions else {}
    drawn = any(isinstance(c, tuple) and len(c) == 3 for c in network.conditions.values())
    source = examples.held_out if drawn else examples.arrays
    return {name: array[:count] for name, array in source.items() if name != "image"}


def _scaled(values):
    return np.float32(values) / 255 if values.dtype == np.uint8 else values


def _spaced(images, count):
    return images[np.linspace(0, len(images) - 1, min(count, len(images))).astype(int)]


def _support(real, fake, closest: float = 1e-4) -> float:
    """How many images the fake ones speak for, as a share of what the real ones do, by collisions.

    Two are the same where they are closer than all but that share `closest` of pairs of real
    ones; 10 at most, for where nothing collides.
    """
    threshold = metrics.pair_distance(real, closest)
    return min(metrics.birthday_support(fake, threshold) / metrics.birthday_support(real, threshold), 10.0)


def gan_train(
    network: keras.Model, source: str | os.PathLike, *, count: int = 60_000, epochs: int = 5, seed: int = 1
) -> float:
    """Accuracy on real test images of a classifier that learnt from generated ones alone (Ravuri and Vinyals 2019).

    Args:
        network: a generator with the condition "label".
        source: of the test images, as `data.mnist` takes it.
        count: generated images.
        epochs: of training.
        seed: of images and classifier.
    """
    test = data.mnist(source).held_out
    labels = np.arange(count) % network.conditions["label"]
    fake = inference.generate(network, count, seed=seed, label=labels)
    keras.utils.set_random_seed(seed)
    classifier = networks.ConvClassifier(network.shape, network.conditions["label"], dtype="mixed_bfloat16")
    classifier.compile(
        keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"]
    )
    order = np.random.default_rng(seed).permutation(count)
    classifier.fit(fake[order], labels[order], batch_size=128, epochs=epochs, verbose=0)
    return float(classifier.evaluate(_scaled(test["image"]), test["label"], verbose=0)[1])


def save_scores(path: str | os.PathLike, name: str, protocol: GenerationProtocol, scores: dict, **facts) -> None:
    """Writes what `evaluate_generator` gave."""
    record = {"network": name, "protocol": protocol.name, "rules": protocol.summary, **facts, "scores": scores}
    texts.write(path, json.dumps(record, indent=1) + "\n")


def _see(extractor, images):
    """Features, and the most likely class, of images, uint8."""
    features, labels = [], []
    for start in range(0, len(images), 500):
        hidden = extractor.features(_scaled(images[start : start + 500]), training=False)
        features.append(np.asarray(hidden))
        labels.append(np.asarray(extractor.last(hidden)).argmax(axis=-1))
    return np.concatenate(features), np.concatenate(labels)
