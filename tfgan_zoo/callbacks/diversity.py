"""Is the generator still making all of it? Numbers at epoch ends, and an alarm."""

import json
import logging
import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tfgan_zoo import data, metrics
from tfgan_zoo.callbacks.training import Backup, FromTheStart
from tfgan_zoo.data import convert, replacing

_log = logging.getLogger(__name__)
_GROUPS, _FEWEST = 20, 10


class _Watcher(FromTheStart):
    """Compares the average generator's images with real ones in the features of a network."""

    def __init__(self, real, inputs: dict, features: Callable | None, every: int):
        super().__init__()
        self.features = features or data.thumbnails
        self.inputs, self.every = inputs, every
        real = convert.scaled(np.asarray(real))
        if len(real) < _FEWEST:
            raise ValueError(f"a comparison of sets needs at least {_FEWEST} real images, got {len(real)}")
        if not (real.min() >= 0 and real.max() <= 1):
            raise ValueError(f"real images must be in [0, 1], or uint8, got {real.min()} to {real.max()}")
        self.real_features = self._features(real)

    def _features(self, images):
        return data.features(images, self.features)

    def generated(self) -> np.ndarray:
        """What the average generator makes of the fixed inputs."""
        count = len(next(iter(self.inputs.values())))
        chunks = [{name: value[i : i + 500] for name, value in self.inputs.items()} for i in range(0, count, 500)]
        return np.concatenate([np.asarray(self.model(chunk, training=False)) for chunk in chunks])


class DistributionMetrics(_Watcher):
    """Adds frechet, precision, recall, density and coverage to the logs of an epoch.

    Not the protocol that a preset is published under: choose with one extractor, report with
    another.

    Args:
        real: images in [0, 1] or uint8, (count, height, width, channels).
        inputs: of the generator, by name; as many as there are real images is a good number.
        features: function of images, such as a Keras network, to (count, n); 8 x 8 thumbnails
            by default.
        every: epochs between two measurements.
    """

    def __init__(self, real, inputs: dict, features: Callable | None = None, every: int = 1):
        super().__init__(real, inputs, features, every)

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        images = self.generated()
        if not np.isfinite(images).all():  # `CollapseMonitor` says what to do about it
            logs.update(dict.fromkeys(("frechet", "precision", "recall", "density", "coverage"), math.nan))
            return
        fake = self._features(images)
        logs["frechet"] = metrics.frechet_distance(self.real_features, fake)
        logs["precision"], logs["recall"] = metrics.precision_recall(self.real_features, fake)
        logs["density"], logs["coverage"] = metrics.density_coverage(self.real_features, fake)


class CollapseMonitor(_Watcher):
    """Notices that a generator makes ever the same, or that its discriminator has won, and says so.

    Healthy is an epoch in which generated images differ from each other at least `diversity`
    times as much as real ones do, and from the most similar other one at least `distinct` times
    as much, cover at least `coverage` of the real ones, are off by no more than `classes` in the
    shares of their classes, in total variation, and whose discriminator has not been sure of
    nearly all real images for the whole epoch. Three unhealthy epochs in a row are a collapse.

    Args:
        real: images in [0, 1] or uint8, (count, height, width, channels); as many as there are
            inputs are taken, evenly spaced.
        inputs: of the generator, by name, a few hundred.
        features: as in `DistributionMetrics`.
        classify: function of images to labels; by default their classes are the groups of like
            images among the real ones, by k-means of the features.
        labels: of the real images, for their shares of classes; with `classify` alone.
        action: "warn" logs; "stop" also ends the training; "rollback" goes back to the last
            healthy epoch's weights and optimizers once, to go on with other draws, and stops if
            it happens again or if no epoch was healthy.
        folder: holds the backup for "rollback" and, for a resumed training, what was noticed so
            far; a training from the start clears it.
        diversity, distinct, coverage, classes, sign: the limits.
        patience: unhealthy epochs in a row that are a collapse.
        every: epochs between two looks.

    Raises:
        ValueError: one of `classify` and `labels` without the other; an unknown action; "rollback"
            without a folder; fewer than 10 real images, or out of range.
    """

    def __init__(
        self,
        real,
        inputs: dict,
        features: Callable | None = None,
        *,
        classify: Callable | None = None,
        labels=None,
        action: str = "warn",
        folder: str | os.PathLike | None = None,
        diversity: float = 0.5,
        distinct: float = 0.3,
        coverage: float = 0.5,
        classes: float = 0.45,
        sign: float = 0.98,
        patience: int = 3,
        every: int = 1,
    ):
        # Of many real images a few generated ones could cover only a part.
        chosen = _spaced(len(real), max(_FEWEST, len(next(iter(inputs.values())))))
        labels = None if labels is None else np.asarray(labels)[chosen]
        super().__init__(np.asarray(real)[chosen], inputs, features, every)
        if action not in ("warn", "stop", "rollback"):
            raise ValueError(f'action is "warn", "stop" or "rollback", got {action!r}')
        if action == "rollback" and folder is None:
            raise ValueError("rollback needs a folder for the last healthy weights")
        if (classify is None) != (labels is None):
            raise ValueError("classify and labels go together: the shares of classes are compared")
        self.classify, self.action, self.patience = classify, action, patience
        limits = {"diversity": diversity, "distinct": distinct, "coverage": coverage, "classes": classes, "sign": sign}
        self.limits = limits
        if classify is None:
            groups = max(2, min(_GROUPS, len(self.real_features) // 25))
            self.centres = data.group_centres(self.real_features, groups)
            labels = data.nearest_centre(self.real_features, self.centres)
        self.labels = np.asarray(labels)
        self.backup = None if folder is None else Backup(Path(folder) / "healthy")
        self.record = None if folder is None else Path(folder) / "healthy" / "noticed.json"
        self.real_spread, self.real_gap = _spread(self.real_features)
        self.unhealthy, self.rolled_back = 0, False

    def set_model(self, model):
        super().set_model(model)
        if self.backup:
            self.backup.set_model(model)

    def begin(self, steps):
        if not steps:
            self.unhealthy, self.rolled_back = 0, False
            for file in (self.backup.path, self.record) if self.record else ():
                file.unlink(missing_ok=True)
        elif self.record and self.record.exists():
            noticed = json.loads(self.record.read_text())
            # What was noticed after the weights that were restored will be noticed again.
            if noticed["steps"] <= steps:
                self.unhealthy, self.rolled_back = noticed["unhealthy"], noticed["rolled_back"]

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        self._look(epoch, logs)
        if self.record is not None:
            steps = int(self.model.steps.numpy())
            noticed = {"steps": steps, "unhealthy": self.unhealthy, "rolled_back": self.rolled_back}
            replacing.text(self.record, json.dumps(noticed) + "\n")

    def _look(self, epoch, logs):
        images = self.generated()
        if not np.isfinite(images).all():
            _log.warning("epoch %d: generated images hold NaN or infinite values", epoch + 1)
            return self._act(epoch)
        fake = self._features(images)
        spread, gap = _spread(fake)
        logs["diversity"], logs["distinct"] = spread / self.real_spread, gap / self.real_gap
        logs["covered"] = metrics.density_coverage(self.real_features, fake)[1]
        labels = np.asarray(self.classify(images)) if self.classify else data.nearest_centre(fake, self.centres)
        count = 1 + max(labels.max(), self.labels.max())
        shares = np.bincount(self.labels, minlength=count) / len(self.labels)
        logs["classes"] = metrics.histogram_distance(labels, count, shares)
        reasons = self._reasons(logs)
        self.unhealthy = self.unhealthy + 1 if reasons else 0
        if not reasons and self.backup:
            self.backup.save()
        if reasons:
            _log.warning("epoch %d: %s", epoch + 1, "; ".join(reasons))
        if self.unhealthy >= self.patience:
            self._act(epoch)

    def _reasons(self, logs) -> list[str]:
        limits, reasons = self.limits, []
        if not logs["diversity"] >= limits["diversity"]:  # NaN is not healthy either
            reasons.append(f"generated images differ {logs['diversity']:.2f} times as much as real ones")
        if not logs["distinct"] >= limits["distinct"]:
            reasons.append(f"the most similar other one is {logs['distinct']:.2f} times as far as among real ones")
        if logs["covered"] < limits["coverage"]:
            reasons.append(f"they cover {logs['covered']:.0%} of the real ones")
        if logs.get("classes", 0) > limits["classes"]:
            reasons.append(f"their classes are off by {logs['classes']:.0%}")
        if logs.get("sign", 0) > limits["sign"]:
            reasons.append("the discriminator is sure of all real images: it has won")
        return reasons

    def _act(self, epoch):
        self.unhealthy = 0
        if self.action == "rollback" and not self.rolled_back and self.backup.path.exists():
            self.rolled_back = True
            counts = [(weight, weight.numpy()) for weight in (self.model.steps, self.model.images_seen)]
            self.backup.restore(self.model)
            for weight, value in counts:  # the data go on, and so do the draws: not the same once more
                weight.assign(value)
            _log.warning("collapsed at epoch %d: back to the last healthy weights", epoch + 1)
        elif self.action != "warn":
            self.model.stop_training = True
            _log.warning("collapsed at epoch %d: stopped", epoch + 1)


def _spaced(count: int, most: int) -> np.ndarray:
    """Numbers of so many of `count`, evenly spaced: what is sorted by class keeps all of its classes."""
    return np.linspace(0, count - 1, min(count, most)).astype(int)


def _spread(features) -> tuple[float, float]:
    """Mean distance between two images, and from an image to the nearest other, of at most 500, evenly spaced."""
    features = features[_spaced(len(features), 500)].astype(np.float64)
    squared = np.square(features).sum(axis=1)
    distances = np.sqrt(np.maximum(squared[:, None] + squared[None] - 2 * features @ features.T, 0))
    mean = float(distances[np.triu_indices(len(features), 1)].mean())
    np.fill_diagonal(distances, np.inf)
    return mean, float(distances.min(axis=1).mean())
