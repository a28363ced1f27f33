"""Named protocols for generators: what is measured, by which network, on how many images."""

import dataclasses
import functools
import os
from collections.abc import Callable

import numpy as np

from tfgan_zoo import data
from tfgan_zoo.data import conditions


@dataclasses.dataclass(frozen=True)
class GenerationProtocol:
    """An evaluation without a free choice.

    Args:
        name: of the protocol.
        extractor: preset whose features are compared.
        examples: reads the data from a folder.
        summary: the rules.
        count: images generated, and as many training images compared with; as many as there are
            by default, or if there are fewer.
        fidelity: function of generated images, uint8, and what they were asked to be, to more
            scores, where that was asked for which it reads.
        reads: the names of that.
        judge: preset that names the labels; another than the extractor, or a generator that met
            the extractor's features would also please the judge. None where labels are not named.
        gan_train: images that `evaluation.gan_train` generates, where a label is all that a
            generator takes; 0 leaves it out.
        mirrored: whether generators learn mirrored images too, so that a mirrored copy is one.
    """

    name: str
    extractor: str
    examples: Callable[[str | os.PathLike], data.Examples]
    summary: str
    count: int | None = None
    fidelity: Callable[[np.ndarray, dict], dict[str, float]] = lambda images, asked: {}
    reads: tuple[str, ...] = ()
    judge: str | None = None
    gan_train: int = 0
    mirrored: bool = False


_MEASURES = (
    "Kernel distance in the same features; precision and recall with 3 neighbours, density and coverage with 5; mean "
    "difference of the power spectra in dB. Not comparable with Inception's features."
)

FMNIST_CFID = GenerationProtocol(
    "fmnist-cfid",
    "fashion_features",
    data.fashion_mnist,
    "Frechet distance in the 128 hidden features of the classifier fashion_features, 10,000 generated images "
    "(seed 0, no truncation, labels, if it takes any, in equal shares) against 10,000 training images, evenly spaced. "
    "GAN-test: accuracy of fashion_judge, another classifier, on them. GAN-train: accuracy on the test images of a "
    "classifier that learnt from 60,000 generated images alone (networks.ConvClassifier, 5 epochs, seed 1), floor from "
    "the training images. " + _MEASURES,
    count=10_000,
    gan_train=60_000,
    judge="fashion_judge",
)


def _color_errors(color, asked):
    """Of the colours made, and of always the mean colour, which a network blind to colour may reach."""
    blind = asked["color"] - asked["color"].mean(axis=0)
    made = color - asked["color"]
    errors = {"color_error": made, "color_error, blind": blind}
    return {name: float(np.linalg.norm(error, axis=-1).mean()) for name, error in errors.items()}


def _drawn(images, asked):
    difference = np.abs(conditions.outline(images).astype(np.float32) - asked["outline"]) / 255
    color = conditions.dominant_color(images, asked["opacity"])
    return {"outline_error": float(difference.mean()), **_color_errors(color, asked)}


def _bloom(images, asked):
    return _color_errors(data.flower_color(images), asked)


EMOJI_FD = GenerationProtocol(
    "emoji-fd",
    "emoji_features",
    data.emoji,
    "Outlines and colours of the held-out emoji. Outline error: mean absolute difference, in [0, 1], of the outline of "
    "what was made and of what was asked for; colour error: distance of the mean colours in RGB, in [0, 1]. Of those "
    "in their own colours alone, against those emoji themselves: Frechet distance in the 128 hidden features of "
    "emoji_features. " + _MEASURES,
    fidelity=_drawn,
    reads=("outline", "opacity", "color"),
    mirrored=True,
)

FLOWERS_PRDC = GenerationProtocol(
    "flowers-prdc",
    "flower_features",
    functools.partial(data.flowers, windows=3),  # which are memorised where they are learnt
    "Kinds and colours of the training photos, each with a new latent vector (seed 0, no truncation), in parts as "
    "large as the held-out photos, 136 and 8 of a kind, each compared with all 1,224 training photos, 72 of a kind, as "
    "the held-out ones are; the 128 hidden features of flower_features. GAN-test by flower_judge, another classifier. "
    "Colour error: distance in RGB, in [0, 1], of the bloom's mean colours. Memorisation: of the training photos, of "
    "windows cut out of them and of both in other colours. " + _MEASURES,
    fidelity=_bloom,
    reads=("color",),
    judge="flower_judge",
    mirrored=True,
)

GENERATION_PROTOCOLS = {p.name: p for p in (FMNIST_CFID, EMOJI_FD, FLOWERS_PRDC)}
