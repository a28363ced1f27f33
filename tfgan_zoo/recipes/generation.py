"""Trains a generator's recipe: data, networks and schedule together, resumable at any moment."""

import dataclasses
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from tfgan_zoo import callbacks, data, inference, models, zoo

_WARM_STEPS, _TIMED_STEPS = 10, 20


@dataclasses.dataclass(frozen=True)
class Examples:
    """What a generator learns from.

    Attributes:
        arrays: "image" and the conditions, by name, for `data.batches`.
        classes: names of a label's values, by the label's name.
        held_out: arrays of the same names that are not trained on; None without.
    """

    arrays: dict[str, np.ndarray]
    classes: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    held_out: dict[str, np.ndarray] | None = None


@dataclasses.dataclass(frozen=True)
class GenerationRecipe:
    """How one generator is trained.

    The learning rate falls on a cosine to a tenth.

    Args:
        name: of the preset.
        summary: one sentence on what the preset makes.
        limits: sentences on what it does not do, for its card.
        examples: reads the data from a folder.
        model: makes the model; called with the dtype policy and the seed.
        steps: of the generator.
        batch: images in a step.
        learning_rate: of both Adams, at the start.
        betas: of both Adams.
        epoch: steps between two looks at the log.
        flip: whether mirrored images are as good as the others.
    """

    name: str
    summary: str
    limits: str
    examples: Callable[[str | os.PathLike], Examples]
    model: Callable[..., models.Adversarial]
    steps: int
    batch: int = 64
    learning_rate: float = 4e-4
    betas: tuple[float, float] = (0.0, 0.99)
    epoch: int = 500
    flip: bool = False

    @property
    def schedule(self) -> dict:
        """What `of_steps` changes, in a form that JSON holds."""
        return {"steps": self.steps, "epoch": self.epoch}

    def on_schedule(self, schedule: dict) -> "GenerationRecipe":
        """The same recipe on the `schedule` of another."""
        return dataclasses.replace(self, **schedule)

    def of_steps(self, steps: int) -> "GenerationRecipe":
        """The same recipe, longer or shorter: about `steps` in all."""
        epoch = max(1, min(self.epoch, steps // 20))
        return self.on_schedule({"steps": max(1, round(steps / epoch)) * epoch, "epoch": epoch})


def compiled(recipe: GenerationRecipe, dtype: str, seed: int) -> models.Adversarial:
    """The recipe's model, ready for `fit`."""
    keras.utils.set_random_seed(seed)
    model = recipe.model(dtype=dtype, seed=seed)
    optimizers = [
        keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.steps, alpha=0.1),
            beta_1=recipe.betas[0],
            beta_2=recipe.betas[1],
        )
        for _ in range(2)
    ]
    model.compile(*optimizers)
    return model


def train(recipe: GenerationRecipe, source, folder: Path, schedule, *, tensorboard: bool, dtype: str, seed: int) -> Path:
    """Trains on the data in `source` and saves the preset; see `recipes.train`."""
    examples = recipe.examples(source)
    recipe = schedule(recipe, lambda: seconds_per_step(recipe, examples, dtype))
    model = compiled(recipe, dtype, seed)
    backup = callbacks.Backup(folder)
    done = backup.restore(model)
    inputs = fixed_inputs(model.generator, examples, 60)
    watchers = [
        callbacks.Minutes(),
        callbacks.CollapseMonitor(*_watched(model.generator, examples), every=5),
        backup,
        keras.callbacks.CSVLogger(folder / "log.csv", append=True),
        callbacks.SampleGrid(folder / "samples", inputs),
    ]
    if tensorboard:
        watchers.append(keras.callbacks.TensorBoard(folder / "tensorboard"))
    if done < recipe.steps:
        model.fit(
            data.batches(examples.arrays, recipe.batch, seed=seed, start=done, flip=recipe.flip),
            initial_epoch=done // recipe.epoch,
            epochs=recipe.steps // recipe.epoch,
            steps_per_epoch=recipe.epoch,
            callbacks=watchers,
            shuffle=False,
            verbose=1 if os.isatty(1) else 2,
        )
    return _save(recipe, model, folder, source, examples)


def fixed_inputs(generator, examples: Examples, count: int) -> dict[str, np.ndarray]:
    """Inputs to look at the same images again: latent vectors, and the conditions of examples spread over the data."""
    inputs = {"latent": inference.latents(generator.latent, count)} if generator.latent else {}
    source = examples.held_out or examples.arrays
    for name, condition in generator.conditions.items():
        if isinstance(condition, int):
            inputs[name] = (np.arange(count) % condition).astype(np.int32)
        else:
            chosen = source[name][np.linspace(0, len(source[name]) - 1, count).astype(int)]
            inputs[name] = np.float32(chosen) / 255 if chosen.dtype == np.uint8 else chosen
    return inputs


def seconds_per_step(recipe: GenerationRecipe, examples: Examples, dtype: str) -> float:
    """Measures the mean step, lazy penalties included, on a model that is thrown away."""
    model = compiled(recipe, dtype, seed=0)
    batches = iter(data.batches(examples.arrays, recipe.batch))
    for _ in range(_WARM_STEPS):
        model.train_on_batch(next(batches))
    started = time.perf_counter()
    for _ in range(_TIMED_STEPS):
        model.train_on_batch(next(batches))
    return (time.perf_counter() - started) / _TIMED_STEPS


def _watched(generator, examples):
    """Real images and as many inputs, for the monitor of collapse."""
    real = examples.arrays["image"][:: max(1, len(examples.arrays["image"]) // 500)][:500]
    return np.float32(real) / 255, fixed_inputs(generator, examples, len(real))


def _save(recipe, model, folder, source, examples) -> Path:
    network = type(model.generator).from_config({**model.generator.get_config(), "dtype": "float32"})
    network.set_weights(model.averaged.get_weights())
    with open(folder / "log.csv") as file:
        names, *rows = (line.strip().split(",") for line in file)
    minutes = sum(float(row[names.index("minutes")]) for row in rows)
    return zoo.save(
        network,
        folder / recipe.name,
        summary=recipe.summary,
        limits=recipe.limits,
        recipe=recipe.name,
        classes=examples.classes,
        training={
            "photos": len(examples.arrays["image"]),
            "folder": Path(source).resolve().name,
            "steps": recipe.steps,
            "minutes": round(minutes, 1),
        },
    )


def write_schedule(folder: Path, recipe) -> None:
    """Notes the schedule of a run, for a later resume."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(recipe.schedule) + "\n")
