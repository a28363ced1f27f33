"""What a recipe is: everything that decides how a preset is trained, and nothing else."""

import dataclasses
from collections.abc import Callable

import keras

from tfgan_zoo.degradations import Degradation


@dataclasses.dataclass(frozen=True)
class Phase:
    """A stretch of training on patches of one size under one loss.

    Args:
        steps: optimizer steps.
        size: side of the patches in pixels.
        batch: patches in a step.
        loss: what is minimised.
    """

    steps: int
    size: int
    batch: int
    loss: keras.losses.Loss


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one preset is trained.

    The learning rate rises for `warmup` steps and falls on a cosine to a thousandth over all
    phases together.

    Args:
        name: of the preset.
        summary: one sentence on what the preset does.
        limits: sentences on what it does not do, for its card.
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
    """

    name: str
    summary: str
    limits: str
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

    @property
    def steps(self) -> int:
        """Optimizer steps in all."""
        return sum(phase.steps for phase in self.phases)

    @property
    def schedule(self) -> dict:
        """What `of_steps` changes, in a form that JSON holds."""
        return {"steps": [phase.steps for phase in self.phases], "epoch": self.epoch, "warmup": self.warmup}

    def on_schedule(self, schedule: dict) -> "Recipe":
        """The same recipe on the `schedule` of another."""
        phases = [dataclasses.replace(p, steps=steps) for p, steps in zip(self.phases, schedule["steps"], strict=True)]
        return dataclasses.replace(self, phases=tuple(phases), epoch=schedule["epoch"], warmup=schedule["warmup"])

    def of_steps(self, steps: int) -> "Recipe":
        """The same recipe on a longer or shorter schedule of about `steps` in all."""
        epoch = max(1, min(self.epoch, steps // 20))
        share = steps / self.steps
        lengths = [max(1, round(phase.steps * share / epoch)) * epoch for phase in self.phases]
        return self.on_schedule({"steps": lengths, "epoch": epoch, "warmup": max(1, min(self.warmup, steps // 10))})
