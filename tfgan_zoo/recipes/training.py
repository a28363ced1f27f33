"""Trains a recipe: data, network and schedule together, resumable at any moment."""

import functools
import json
import os
import time
from pathlib import Path

import keras

from tfgan_zoo import callbacks, data, metrics, models, optimizers, pictures, zoo
from tfgan_zoo.data import images, texts
from tfgan_zoo.recipes.recipe import Recipe

HELD_OUT_EVERY = 25
_WARM_STEPS, _TIMED_STEPS = 10, 20


def train(
    recipe: Recipe,
    source: str | os.PathLike,
    folder: str | os.PathLike,
    *,
    minutes: float | None = None,
    resume: bool = False,
    tensorboard: bool = False,
    dtype: str = "mixed_bfloat16",
    seed: int = 0,
) -> Path:
    """Trains a recipe on a folder of photos and saves the preset.

    Args:
        recipe: what to train.
        source: folder of clean photos; every 25th is held out to select by.
        folder: of the run: backup, best weights, log, preview, curves and at the end the
            preset, in a folder of its name.
        minutes: changes the schedule's length so that it takes about so long on this machine;
            the recipe's own steps by default.
        resume: goes on with the run in `folder`, on the schedule that it began with.
        tensorboard: also writes logs for TensorBoard, which must be installed.
        dtype: Keras dtype policy to compute with.
        seed: of everything random.

    Returns:
        The preset's folder: the averaged weights of the epoch that did best on the held-out
        photos.

    Raises:
        ValueError: if `folder` holds a run and `resume` is not set, or holds none and it is.
        images.ImageError: see `data.photos`.
    """
    folder = Path(folder)
    training, selection = held_out(images.files(source))
    _check(training, max(phase.size for phase in recipe.phases))
    _check(selection, recipe.validation_side)
    recipe = _scheduled(recipe, folder, training, minutes, resume, dtype)
    model = _restorer(recipe, dtype, seed)
    validation = _validation(recipe, selection)
    backup, best, log = callbacks.Backup(folder), callbacks.KeepBest(folder), callbacks.Log(folder / "log.csv")
    preview = callbacks.PreviewGrid(folder / "preview.png", *next(iter(validation)), every=10)
    extra = [keras.callbacks.TensorBoard(folder / "tensorboard")] if tensorboard else []
    # The backup comes last: what a restored training has behind it has been judged and logged.
    watchers = [callbacks.Minutes(), best, log, preview, *extra, backup]
    done = backup.restore(model)
    if resume:
        print(f"going on after step {done} of {recipe.steps}" if done else "nothing was kept yet: from the start")
    _fit(recipe, model, training, validation, done, watchers, seed)
    return _save(recipe, folder, source, len(training), best, log)


def _fit(recipe, model, training, validation, done, watchers, seed) -> None:
    """Goes through the phases, from the step that a backup reached."""
    begin = 0
    for number, phase in enumerate(recipe.phases):
        end = begin + phase.steps
        if done < end:
            start, last = max(done - begin, 0), end // recipe.epoch
            model.compile(model.optimizer, phase.loss, metrics=[metrics.PSNR()])
            model.fit(
                data.patches(training, phase.size, phase.batch, recipe.channels, seed=seed + number, start=start),
                initial_epoch=(begin + start) // recipe.epoch,
                epochs=last,
                steps_per_epoch=recipe.epoch,
                validation_data=validation,
                validation_freq=[*range(4, last, 4), last],
                callbacks=watchers,
                shuffle=False,
                verbose=1 if os.isatty(1) else 2,
            )
        begin = end


def _check(paths: list[Path], side: int) -> None:
    """Opens every file, so that a wrong one is named at once and not after hours."""
    for path in paths:
        picture = images.Picture(path)
        if min(picture.height, picture.width) < side:
            raise images.ImageError(
                f"{path} is {picture.width}x{picture.height}; this training needs sides of at least {side} pixels"
            )


def held_out(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Splits photos into those to train on and those to select by: every 25th, from the first.

    Raises:
        ValueError: if there are fewer than two photos.
    """
    if len(paths) < 2:
        raise ValueError(f"training needs at least 2 photos, one of them held out; got {len(paths)}")
    kept = set(paths[::HELD_OUT_EVERY])
    return [path for path in paths if path not in kept], sorted(kept)


def _restorer(recipe: Recipe, dtype: str, seed: int) -> models.Restorer:
    keras.utils.set_random_seed(seed)
    network = recipe.network(dtype=dtype)
    if recipe.start:
        network.set_weights(recipe.start().get_weights())
    model = models.Restorer(network, recipe.degradation, ema=recipe.ema, seed=seed)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, recipe.steps - recipe.warmup, alpha=1e-3, warmup_target=recipe.learning_rate, warmup_steps=recipe.warmup
    )
    optimizer = optimizers.Muon(schedule, weight_decay=0.05, global_clipnorm=0.5)
    model.compile(optimizer, recipe.phases[0].loss, metrics=[metrics.PSNR()])
    return model


def _validation(recipe: Recipe, selection: list[Path]):
    """The held-out photos under each of the recipe's validation degradations, always the same."""
    sets = [
        data.pairs(degradation, selection, channels=recipe.channels, crop=recipe.validation_side, batch=4)
        for degradation in recipe.validation.values()
    ]
    return functools.reduce(lambda a, b: a.concatenate(b), sets).cache()


def _scheduled(recipe, folder, training, minutes, resume, dtype) -> Recipe:
    """The recipe on the schedule of this run, which is written down for a later `resume`."""
    path = folder / "run.json"
    if path.exists() and not resume:
        raise ValueError(f"{folder} holds a training; resume it, or name another folder")
    if resume:
        if not path.exists():
            raise ValueError(f"{folder} holds no training to resume")
        return recipe.on_schedule(json.loads(path.read_text()))
    if minutes is not None:
        if minutes <= 0:
            raise ValueError(f"minutes must be positive, got {minutes}")
        print("measuring how long a step takes")
        recipe = recipe.of_steps(max(20, round(60 * minutes / _seconds_per_step(recipe, training, dtype))))
    folder.mkdir(parents=True, exist_ok=True)
    texts.write(path, json.dumps(recipe.schedule) + "\n")
    return recipe


def _seconds_per_step(recipe: Recipe, training: list[Path], dtype: str) -> float:
    """Measures the mean step over all phases, on a model that is thrown away."""
    total = 0.0
    for phase in recipe.phases:
        model = _restorer(recipe, dtype, seed=0)
        batches = iter(data.patches(training[:64], phase.size, phase.batch, recipe.channels))
        for _ in range(_WARM_STEPS):
            model.train_on_batch(next(batches))
        started = time.perf_counter()
        for _ in range(_TIMED_STEPS):
            model.train_on_batch(next(batches))
        total += phase.steps * (time.perf_counter() - started) / _TIMED_STEPS
    return total / recipe.steps


def _save(recipe: Recipe, folder: Path, source, photos: int, best: callbacks.KeepBest, log: callbacks.Log) -> Path:
    network = recipe.network(dtype="float32")
    network.load_weights(best.weights)
    rows = log.rows()
    pictures.curves(folder / "curves.png", rows)
    return zoo.save(
        network,
        folder / recipe.name,
        summary=recipe.summary,
        limits=recipe.limits,
        recipe=recipe.name,
        training={
            "photos": photos,
            "folder": Path(source).resolve().name,
            "steps": best.epoch * recipe.epoch,
            "of_steps": recipe.steps,
            "minutes": round(sum(row["minutes"] for row in rows), 1),
        },
        held_out_psnr=round(best.best, 3),
    )
