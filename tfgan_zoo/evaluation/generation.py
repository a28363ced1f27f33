"""Named protocols for generators: what is measured, by which network, on how many images."""

import dataclasses
import json
import os
from collections.abc import Callable

import keras
import numpy as np

from tfgan_zoo import data, inference, metrics, networks, zoo
from tfgan_zoo.data import texts


@dataclasses.dataclass(frozen=True)
class GenerationProtocol:
    """An evaluation without a free choice.

    Args:
        name: of the protocol.
        extractor: preset whose features are compared.
        channels: of its images.
        count: images generated, and as many training images compared with.
        summary: one sentence on the rules.
    """

    name: str
    extractor: str
    channels: int
    count: int
    summary: str


FMNIST_CFID = GenerationProtocol(
    "fmnist-cfid",
    "fashion_features",
    1,
    10_000,
    "Frechet distance in the 128 hidden features of the classifier fashion_features, 10,000 generated images "
    "(seed 0, no truncation, labels in equal shares) against the first 10,000 training images; precision and recall "
    "with 3 neighbours, density and coverage with 5. Not comparable with Inception-FID.",
)

GENERATION_PROTOCOLS = {FMNIST_CFID.name: FMNIST_CFID}


def evaluate_generator(
    network: keras.Model,
    protocol: GenerationProtocol,
    source: str | os.PathLike,
    *,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Measures a generator.

    Args:
        network: a `networks.Generator` of the protocol's images, without conditions or with
            "label".
        protocol: from `GENERATION_PROTOCOLS`.
        source: of the data, as `data.labelled` takes it.
        progress: called with what is being done.

    Returns:
        cfid; floor, the same distance from training to test images; precision, recall, density,
        coverage; classes, the total variation of the classes found from equal shares;
        memorisation; and, where the network takes labels, gan_test: how often the classifier
        sees the label asked for, in all and for each class.

    Raises:
        ValueError: a network that makes other images or needs other conditions.
    """
    if set(network.conditions) - {"label"}:
        raise ValueError(f"{protocol.name} can set no condition but label, {network.name} has {network.conditions}")
    extractor = zoo.load(protocol.extractor)
    if network.shape != extractor.shape:
        raise ValueError(f"{protocol.name} measures images of {extractor.shape}, {network.name} makes {network.shape}")
    progress("reading")
    train, test = (data.labelled(source, split, channels=protocol.channels) for split in ("train", "test"))
    progress(f"generating {protocol.count} images")
    labels = np.arange(protocol.count) % extractor.classes
    conditions = {"label": labels} if network.conditions else {}
    fake = inference.generate(network, protocol.count, seed=0, **conditions)
    progress("comparing")
    real_features, _ = _see(extractor, np.float32(train.images[: protocol.count]) / 255)
    test_features, _ = _see(extractor, np.float32(test.images[: protocol.count]) / 255)
    fake_features, found = _see(extractor, np.round(fake * 255) / 255)
    result = {
        "cfid": metrics.frechet_distance(real_features, fake_features),
        "floor": metrics.frechet_distance(real_features, test_features),
    }
    result["precision"], result["recall"] = metrics.precision_recall(real_features, fake_features)
    result["density"], result["coverage"] = metrics.density_coverage(real_features, fake_features)
    result["classes"] = metrics.histogram_distance(found, extractor.classes)
    result["memorisation"] = metrics.memorisation(real_features, test_features, fake_features)
    if network.conditions:
        result["gan_test"] = float((found == labels).mean())
        for number, name in enumerate(train.classes):
            result[f"gan_test, {name}"] = float((found == labels)[labels == number].mean())
    return result


def gan_train(
    network: keras.Model, source: str | os.PathLike, *, count: int = 60_000, epochs: int = 5, seed: int = 1
) -> float:
    """Accuracy on real test images of a classifier that learnt from generated ones alone (Ravuri and Vinyals 2019).

    Args:
        network: a generator with the condition "label".
        source: of the test images, as `data.labelled` takes it.
        count: generated images.
        epochs: of training.
        seed: of images and classifier.
    """
    test = data.labelled(source, "test", channels=network.shape[-1])
    labels = np.arange(count) % network.conditions["label"]
    fake = inference.generate(network, count, seed=seed, label=labels)
    keras.utils.set_random_seed(seed)
    classifier = networks.ConvClassifier(network.shape, network.conditions["label"], dtype="mixed_bfloat16")
    classifier.compile(
        keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"]
    )
    order = np.random.default_rng(seed).permutation(count)
    classifier.fit(fake[order], labels[order], batch_size=128, epochs=epochs, verbose=0)
    return float(classifier.evaluate(np.float32(test.images) / 255, test.labels, verbose=0)[1])


def save_scores(path: str | os.PathLike, name: str, protocol: GenerationProtocol, scores: dict, **facts) -> None:
    """Writes what `evaluate_generator` gave."""
    record = {"network": name, "protocol": protocol.name, "rules": protocol.summary, **facts, "scores": scores}
    texts.write(path, json.dumps(record, indent=1) + "\n")


def _see(extractor, images):
    """Features, and the most likely class, of images in [0, 1]."""
    features, labels = [], []
    for start in range(0, len(images), 500):
        hidden = extractor.features(images[start : start + 500], training=False)
        features.append(np.asarray(hidden))
        labels.append(np.asarray(extractor.last(hidden)).argmax(axis=-1))
    return np.concatenate(features), np.concatenate(labels)
