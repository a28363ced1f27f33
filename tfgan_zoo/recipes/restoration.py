"""Recipes that teach a network to undo a degradation."""

import dataclasses
import functools
import os
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from tfgan_zoo import callbacks, data, inference, metrics, models, optimizers, pictures
from tfgan_zoo.data import convert, images
from tfgan_zoo.degradations import JPEG, Chain, Degradation, GaussianNoise, RandomChoice
from tfgan_zoo.ops import resize
from tfgan_zoo.recipes.recipe import Recipe, Stage

CAMERA = RandomChoice([Chain([GaussianNoise((0.0, 3 / 255)), JPEG((70, 95))]), Chain([])])
"""What a camera does to half of the photos besides: a network that never met it makes its noise and blocks loud."""

SET5, SET12 = frozenset({"302003"}), frozenset({"12003"})
"""BSDS500's photos of which Set5's "woman" and Set12's "starfish" are pieces: who is measured there leaves them out."""

HELD_OUT_EVERY = 25
_REQUESTS = 48


@dataclasses.dataclass(frozen=True)
class Phase:
    """A stretch of training on patches of one size under one loss.

    Args:
        steps: optimizer steps.
        size: side of the patches in pixels.
        batch: patches in a step.
        loss: what is minimised; None where the model knows.
    """

    steps: int
    size: int
    batch: int
    loss: keras.losses.Loss | None = None


@dataclasses.dataclass(frozen=True)
class Photos:
    """Files to train on and files to select by."""

    training: list[Path]
    selection: list[Path]


@dataclasses.dataclass(frozen=True)
class RestorationRecipe(Recipe):
    """How a restoration network is trained: the averaged weights that do best on held-out photos are the preset.

    The learning rate rises for `warmup` steps and falls on a cosine to a thousandth over all
    phases together.

    Args:
        name, summary, limits: of `Recipe`.
        network: makes the network; called with the dtype policy of the training.
        degradation: what the network learns to undo.
        validation: degradations on which the held-out photos are restored, by name.
        channels: of the images.
        phases: in order.
        learning_rate: the highest, of Muon. At 3e-3 training broke down after 4,000 steps.
        ema: momentum of the averaged weights.
        warmup: steps.
        epoch: steps between two looks at the log; each phase is a whole number of epochs.
        validation_side: of the square from the middle of each held-out photo, in pixels.
        start: makes the network whose weights the training starts from; None starts at random.
        finish: makes the network to publish of the one that did best.
        scale: how many times the network enlarges.
        leave_out: names of files, without suffix, that must not be learnt from, such as those of a
            test set among them.
        patches: options of `data.patches`, such as the scales at which photos are seen.
        margin: pixels around each patch that the degradation sees and the network does not.
    """

    picture = "preview.jpg"  # of photos, which would be six times as large

    network: Callable[..., keras.Model]
    degradation: Degradation
    validation: dict[str, Degradation]
    channels: int
    phases: tuple[Phase, ...]
    learning_rate: float = 1e-3
    ema: float = 0.999
    warmup: int = 300
    epoch: int = 500
    validation_side: int = 256
    start: Callable[[], keras.Model] | None = None
    finish: Callable[[keras.Model], keras.Model] = lambda network: network
    scale: int = 1
    leave_out: frozenset[str] = frozenset()
    patches: dict = dataclasses.field(default_factory=dict)
    margin: int = 0

    @property
    def steps(self) -> int:
        """Optimizer steps in all."""
        return sum(phase.steps for phase in self.phases)

    @property
    def schedule(self):
        return {"steps": [phase.steps for phase in self.phases], "epoch": self.epoch, "warmup": self.warmup}

    def on_schedule(self, schedule):
        phases = [dataclasses.replace(p, steps=steps) for p, steps in zip(self.phases, schedule["steps"], strict=True)]
        return dataclasses.replace(self, phases=tuple(phases), epoch=schedule["epoch"], warmup=schedule["warmup"])

    def of_steps(self, steps):
        epoch = max(1, min(self.epoch, steps // 20))
        share = steps / self.steps
        lengths = [max(1, round(phase.steps * share / epoch)) * epoch for phase in self.phases]
        return self.on_schedule({"steps": lengths, "epoch": epoch, "warmup": max(1, min(self.warmup, steps // 10))})

    def read(self, source: str | os.PathLike) -> Photos:
        # Split first, so that presets that start from one another are selected by the same photos.
        training, selection = (
            [path for path in part if path.stem not in self.leave_out] for part in held_out(images.files(source))
        )
        _check(training, max(phase.size for phase in self.phases) + 2 * self.margin)
        _check(selection, self.validation_side + 2 * self.margin)
        return Photos(training, selection)

    def few(self, examples):
        # A shuffle buffer is filled before the first batch.
        return dataclasses.replace(examples, training=examples.training[:64])

    def compiled(self, dtype, seed):
        keras.utils.set_random_seed(seed)
        network = self.network(dtype=dtype)
        if self.start:
            network.set_weights(self.start().get_weights())
        model = models.Restorer(network, self.degradation, ema=self.ema, seed=seed, margin=self.margin)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, self.steps - self.warmup, alpha=1e-3, warmup_target=self.learning_rate, warmup_steps=self.warmup
        )
        optimizer = optimizers.Muon(schedule, weight_decay=0.05, global_clipnorm=0.5)
        model.compile(optimizer, self.phases[0].loss, metrics=[metrics.PSNR()])
        return model

    def stages(self, examples, seed):
        validation, ends, end = self._validation(examples.selection), [], 0
        for phase in self.phases:
            end += phase.steps // self.epoch
            ends.append(end)
        return [
            Stage(
                phase.steps,
                functools.partial(self._batches, examples.training, phase, seed + number),
                {"validation_data": validation, "validation_freq": [*range(4, last, 4), last]},
                functools.partial(_set_loss, phase.loss),
            )
            for number, (phase, last) in enumerate(zip(self.phases, ends))
        ]

    def _batches(self, photos, phase, seed, start):
        size = phase.size + 2 * self.margin
        return data.patches(photos, size, phase.batch, self.channels, seed=seed, start=start, **self.patches)

    def _validation(self, selection):
        """The held-out photos under each of the validation degradations, always the same."""
        options = {"channels": self.channels, "crop": self.validation_side, "scale": self.scale, "margin": self.margin}
        sets = [data.pairs(degradation, selection, batch=4, **options) for degradation in self.validation.values()]
        return functools.reduce(lambda a, b: a.concatenate(b), sets).cache()

    def watchers(self, folder, model, examples):
        pair = next(iter(self._validation(examples.selection)))
        return [callbacks.KeepBest(folder), callbacks.PreviewGrid(folder / "preview.png", *pair, every=10)]

    def result(self, folder, model, examples):
        best = callbacks.KeepBest(folder)
        network = self.network(dtype="float32")
        network.load_weights(best.weights)
        training = {
            "photos": len(examples.training),
            "steps": best.epoch * self.epoch,
            "of_steps": self.steps,
        }
        return self.finish(network), {"training": training, "held_out_psnr": round(best.best, 3)}

    def preview(self, path, network, show):
        photo = images.read(show, self.channels) if show else pictures.cat()
        shown = [self.strip(network, photo, name) for name in list(self.validation)[-2:]]
        pictures.captioned(path, [picture for strip in shown for picture in strip], columns=3)

    def strip(self, network: keras.Model, photo: np.ndarray, name: str | None = None) -> list[tuple[str, np.ndarray]]:
        """A photo degraded, restored and as it was, each with a caption.

        Args:
            network: of the recipe.
            photo: (height, width, 1 or 3), uint8.
            name: of one of the `validation` degradations; the last by default.
        """
        name = name or list(self.validation)[-1]
        photo = convert.as_channels(photo, self.channels)
        photo = photo[: len(photo) // self.scale * self.scale, : photo.shape[1] // self.scale * self.scale]
        clean = photo.astype(np.float32) / 255
        inputs = keras.tree.map_structure(lambda x: x[None], self.validation[name](clean, seed=1))
        degraded = np.asarray(inputs[0] if isinstance(inputs, tuple) else inputs)[0]
        options = {"sigma": float(np.ravel(inputs[1])[0]) * 255} if isinstance(inputs, tuple) else {}
        restored = inference.restore(network, degraded, **options)
        if self.scale != 1:
            degraded = np.clip(resize.resize(degraded[None], float(self.scale), "bicubic"), 0, 1)[0]
        numbers = [float(metrics.PSNR()(clean[None], image[None])) for image in (degraded, restored)]
        captions = [f"{label}: {number:.2f} dB" for label, number in zip((name, "restored"), numbers)]
        return [(captions[0], degraded), (captions[1], restored), (f"clean ({name})", clean)]

    def requests(self, network, source, side):
        # What it learnt from, too, so that the strongest is among them.
        paths, degradations = images.files(source), [*self.validation.values(), self.degradation]
        chosen, made = np.linspace(0, len(paths) - 1, min(len(paths), _REQUESTS)).astype(int), []
        for number, path in enumerate(paths[row] for row in chosen):
            clean = convert.window(images.read(path, self.channels).astype(np.float32) / 255, side * network.scale)
            # Every sixth judges: by all degradations, too.
            degraded = degradations[(number + number // 6) % len(degradations)](clean, seed=number)
            image, sigma = degraded if isinstance(degraded, tuple) else (degraded, None)
            inputs = {"image": np.asarray(metrics.quantize(image))[None]}
            if sigma is not None:
                inputs["sigma"] = 255 * np.float32(np.ravel(sigma)[:1])
            made.append((inputs, clean))
        return made

    def origin(self, facts):
        training = facts["training"]
        return (
            f"{training['photos']} photos of {training['folder']}, the weights after {training['steps']:,} of "
            f"{training['of_steps']:,} scheduled steps, the best on held-out photos ({facts['held_out_psnr']:.2f} dB)"
        )

    def use(self, name):
        return (
            f"tfgan-zoo restore photo.jpg -o {'large' if self.scale > 1 else 'clean'}.jpg --preset {name}",
            f'clean = tfgan_zoo.inference.restore(tfgan_zoo.zoo.load("{name}"), "photo.jpg")',
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


def _set_loss(loss, model):
    model.compile(model.optimizer, loss, metrics=[metrics.PSNR()])


def _check(paths: list[Path], side: int) -> None:
    """Opens every file, so that a wrong one is named at once and not after hours."""
    for path in paths:
        picture = images.Picture(path)
        if min(picture.height, picture.width) < side:
            raise images.ImageError(
                f"{path} is {picture.width}x{picture.height}; this training needs sides of at least {side} pixels"
            )
