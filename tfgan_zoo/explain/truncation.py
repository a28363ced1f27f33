"""Truncation: usual images against all images, as a curve."""

import os
from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from tfgan_zoo import metrics, pictures
from tfgan_zoo.inference import generate
from tfgan_zoo.networks import Generator


def truncation_curve(
    network: Generator,
    real_features: np.ndarray,
    features: Callable,
    truncations=(0.4, 0.6, 0.8, 1.0, 1.2),
    seed: int = 0,
    **conditions,
) -> list[dict[str, float]]:
    """Precision and recall by truncation (Kynkaanniemi et al. 2019, figure 4).

    Args:
        network: a generator with a latent vector.
        real_features: of real images, (count, n); as many images are generated.
        features: function of images in [0, 1] to such features.
        truncations: standard deviations of the latent vectors.
        seed: of the latent vectors, the same for all.
        **conditions: by the network's names.

    Returns:
        A row each: truncation, precision, recall.
    """
    rows = []
    for truncation in truncations:
        made = generate(network, len(real_features), seed=seed, truncation=truncation, **conditions)
        precision, recall = metrics.precision_recall(real_features, np.asarray(features(made)))
        rows.append({"truncation": truncation, "precision": precision, "recall": recall})
    return rows


def show_truncation(path: str | os.PathLike, rows: list[dict[str, float]]) -> None:
    """Writes the curve as a picture, recall to the right and precision up."""
    figure = Figure(figsize=(4, 3.4), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([row["recall"] for row in rows], [row["precision"] for row in rows], "o-")
    for row in rows:
        axes.annotate(f"{row['truncation']:g}", (row["recall"], row["precision"]))
    axes.set(xlabel="recall", ylabel="precision", title="by truncation")
    axes.grid(alpha=0.3)
    pictures.save(figure, path)
