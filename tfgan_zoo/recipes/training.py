"""Trains a recipe: resumable at any moment, with log, pictures and a preset at the end."""

import hashlib
import json
import os
import time
from pathlib import Path

import keras
import numpy as np

from tfgan_zoo import callbacks, pictures, zoo
from tfgan_zoo.data import replacing
from tfgan_zoo.recipes.recipe import Recipe

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
    """Trains a recipe on a folder of examples and saves the preset.

    Args:
        recipe: what to train.
        source: folder of what the recipe learns from.
        folder: of the run: backup, log, pictures, curves and at the end the preset, in a folder
            of its name.
        minutes: changes the schedule's length so that it takes about so long on this machine;
            the recipe's own steps by default.
        resume: goes on with the run in `folder`, on the schedule, the seed and the dtype that it
            began with.
        tensorboard: also writes logs for TensorBoard, which must be installed.
        dtype: Keras dtype policy to compute with.
        seed: of everything random.

    Returns:
        The preset's folder.

    Raises:
        FloatingPointError: a network that broke down.
        ValueError: if `folder` holds a run and `resume` is not set, or holds none and it is; if the
            examples are not those that it began with.
        images.ImageError: an example that cannot serve.
    """
    folder = Path(folder)
    examples = recipe.read(source)
    recipe, seed, dtype = _begun(recipe, folder, source, examples, minutes, resume, seed, dtype)
    model = recipe.compiled(dtype, seed)
    backup, log = callbacks.Backup(folder), callbacks.Log(folder / "log.csv")
    extra = [keras.callbacks.TensorBoard(folder / "tensorboard")] if tensorboard else []
    # The backup comes last: what a restored training has behind it has been judged and logged.
    watchers = [callbacks.Minutes(), *recipe.watchers(folder, model, examples), log, *extra, backup]
    done, stages = backup.restore(model), recipe.stages(examples, seed)
    if resume:
        of = sum(stage.steps for stage in stages)
        print(f"going on after step {done} of {of}" if done else "nothing was kept yet: from the start")
    _fit(recipe, model, stages, done, watchers)
    network, facts = recipe.result(folder, model, examples)
    if not all(np.isfinite(weight).all() for weight in network.get_weights()):
        raise FloatingPointError(
            f"the training broke down: weights are NaN or infinite after {int(model.steps.numpy())} steps; "
            f"{folder / 'log.csv'} shows since when. Another seed or a lower learning rate may help"
        )
    pictures.curves(folder / "curves.png", log.rows())
    facts["training"]["seed"] = seed
    facts["training"]["folder"] = Path(source).resolve().name
    facts["training"]["minutes"] = round(sum(row["minutes"] for row in log.rows()), 2)
    facts["training"]["cores"] = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    about = {"summary": recipe.summary, "limits": recipe.limits, "recipe": recipe.name}
    return zoo.save(network, folder / recipe.name, half=True, **about, **facts)


def _fit(recipe, model, stages, done, watchers) -> None:
    """Goes through the stages, from the step that a backup reached."""
    epoch, begin = recipe.schedule["epoch"], 0
    for stage in stages:
        end = begin + stage.steps
        if done < end:
            start = max(done - begin, 0)
            stage.enter(model)
            model.fit(
                stage.batches(start),
                initial_epoch=(begin + start) // epoch,
                epochs=end // epoch,
                steps_per_epoch=epoch,
                callbacks=watchers,
                shuffle=False,
                verbose=1 if os.isatty(1) else 2,
                **stage.options,
            )
        begin = end


def _begun(recipe, folder, source, examples, minutes, resume, seed, dtype) -> tuple[Recipe, int, str]:
    """The recipe on the schedule of this run, its seed and dtype, which are written down for a later `resume`."""
    path = folder / "run.json"
    if path.exists() and not resume:
        raise ValueError(f"{folder} holds a training; resume it, or name another folder")
    if resume:
        if not path.exists():
            raise ValueError(f"{folder} holds no training to resume")
        begun = json.loads(path.read_text())
        if begun.pop("examples", held := _held(source)) != held:
            raise ValueError(
                f"{source} does not hold the files that the training in {folder} began with: which of them are held "
                "out, and what was selected, would no longer be true. Put them back, or begin anew"
            )
        seed, dtype = begun.pop("seed"), begun.pop("dtype")
        return recipe.on_schedule(begun), seed, dtype
    if minutes is not None:
        if minutes <= 0:
            raise ValueError(f"minutes must be positive, got {minutes}")
        recipe = recipe.of_steps(max(20, round(60 * minutes / _seconds_per_step(recipe, examples, dtype))))
    replacing.text(
        path, json.dumps({**recipe.schedule, "seed": seed, "dtype": dtype, "examples": _held(source)}) + "\n"
    )
    return recipe, seed, dtype


def _held(source) -> str:
    """A hash of the names and sizes of a folder's files."""
    source = Path(source)
    files = sorted(path for path in source.rglob("*") if path.is_file() and not path.name.startswith("."))
    listed = "\n".join(f"{path.relative_to(source).as_posix()} {path.stat().st_size}" for path in files)
    return hashlib.sha256(listed.encode(errors="surrogateescape")).hexdigest()[:16]


def _seconds_per_step(recipe: Recipe, examples, dtype: str) -> float:
    """Measures the mean step over all stages, on models that are thrown away."""
    stages, total = recipe.stages(recipe.few(examples), seed=0), 0.0
    for stage in stages:
        model = recipe.compiled(dtype, seed=0)
        stage.enter(model)
        batches = iter(stage.batches(0))
        for _ in range(_WARM_STEPS):
            model.train_on_batch(next(batches))
        started = time.perf_counter()
        for _ in range(_TIMED_STEPS):
            model.train_on_batch(next(batches))
        total += stage.steps * (time.perf_counter() - started) / _TIMED_STEPS
    return total / sum(stage.steps for stage in stages)
