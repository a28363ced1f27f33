"""Between epochs: backups that survive a kill, the best weights, the log."""

import csv
import io
import json
import logging
import math
import os
import time
from pathlib import Path

import keras
import numpy as np

from tfgan_zoo.data import replacing

_log = logging.getLogger(__name__)


class FromTheStart(keras.callbacks.Callback):
    """What looks, before the first epoch, whether a training begins or goes on.

    Not in `on_train_begin`, where Keras's BackupAndRestore may still have to put the steps back.
    """

    def on_train_begin(self, logs=None):
        self._begun = False

    def on_epoch_begin(self, epoch, logs=None):
        if not self._begun:
            self._begun = True
            self.begin(int(self.model.steps.numpy()))

    def begin(self, steps: int) -> None:
        """Called once in each `fit`, with the steps that the model was trained before."""


class Backup(keras.callbacks.Callback):
    """Saves weights, averages, optimizer and step count, whole or not at all.

    The file is written beside its place and renamed, so a training killed at any moment,
    while saving too, leaves the last whole backup. Unlike Keras's `BackupAndRestore`, it is
    restored explicitly, before the data is made, since the data's order depends on the step:

        backup = Backup("runs/dncnn")
        steps = backup.restore(model)
        model.fit(data.patches(..., start=steps), initial_epoch=steps // 500,
                  steps_per_epoch=500, epochs=40, callbacks=[backup])

    Args:
        folder: where the backup is kept.
        minutes: the least time between two backups, which are taken at epoch ends, the first at
            the first.
    """

    def __init__(self, folder: str | os.PathLike, minutes: float = 2.0):
        super().__init__()
        self.path = Path(folder) / "backup.weights.h5"
        self.minutes = minutes
        self._saved_at = -math.inf

    def restore(self, model: keras.Model) -> int:
        """Restores a model if there is a backup; returns the steps it was trained.

        Raises:
            ValueError: a model that is not compiled, whose optimizers would start anew.
        """
        if not model.compiled:
            raise ValueError(f"compile {model.name} first: its optimizers are restored too")
        if not self.path.exists():
            return 0
        model.load_weights(self.path)
        return int(model.steps.numpy())

    def save(self) -> None:
        """Saves the backup now; a network that broke down leaves the last whole one in place."""
        if not all(np.isfinite(weight).all() for weight in self.model.averaged.get_weights()):
            _log.warning("weights hold NaN or infinite values: %s stays as it is", self.path)
            return
        with replacing.file(self.path) as beside:
            self.model.save_weights(beside)
        self._saved_at = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() - self._saved_at >= 60 * self.minutes:
            self.save()

    def on_train_end(self, logs=None):
        self.save()


class Minutes(keras.callbacks.Callback):
    """Adds each epoch's minutes to its logs, validation included; stands before what reads them."""

    def on_epoch_begin(self, epoch, logs=None):
        self._began = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        logs["minutes"] = (time.monotonic() - self._began) / 60


class Log(keras.callbacks.Callback):
    """Writes each epoch's values as a row of a CSV file, which any number of `fit` calls share.

    An epoch that is trained again after a restored backup replaces its old row and those after.

    Args:
        path: of the file, written beside and renamed.
    """

    def __init__(self, path: str | os.PathLike):
        super().__init__()
        self.path = Path(path)

    def rows(self) -> list[dict[str, float]]:
        """The rows so far: epoch, from 1, and the values by name; what was not measured is left out."""
        if not self.path.exists():
            return []
        with open(self.path, newline="") as file:
            return [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]

    def on_epoch_end(self, epoch, logs=None):
        rows = [row for row in self.rows() if row["epoch"] <= epoch]
        rows.append({"epoch": epoch + 1, **{name: float(value) for name, value in (logs or {}).items()}})
        names = dict.fromkeys(name for row in rows for name in row)
        table = io.StringIO()
        writer = csv.DictWriter(table, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        replacing.text(self.path, table.getvalue())


class KeepBest(keras.callbacks.Callback):
    """Keeps the averaged network of the epoch that does best on the held-out pairs.

    Args:
        folder: holds best.weights.h5, and best.json with the value, which a resumed training
            has to beat.
        monitor: the value to maximise.
    """

    def __init__(self, folder: str | os.PathLike, monitor: str = "val_psnr"):
        super().__init__()
        self.weights, self.record = Path(folder) / "best.weights.h5", Path(folder) / "best.json"
        self.monitor = monitor

    @property
    def best(self) -> float:
        """The best value so far."""
        return json.loads(self.record.read_text())[self.monitor] if self.record.exists() else -math.inf

    @property
    def epoch(self) -> int:
        """The epoch, from 1, of the best value."""
        return json.loads(self.record.read_text())["epoch"]

    def on_epoch_end(self, epoch, logs=None):
        value = (logs or {}).get(self.monitor)
        if value is None or not math.isfinite(value) or value <= self.best:
            return
        with replacing.file(self.weights) as beside:
            self.model.averaged.save_weights(beside)
        replacing.text(self.record, json.dumps({self.monitor: float(value), "epoch": epoch + 1}))
