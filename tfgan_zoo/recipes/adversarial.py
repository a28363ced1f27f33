"""Recipes that teach a restoration network to please the eye."""

import dataclasses
import functools
from collections.abc import Callable

import keras

from tfgan_zoo import callbacks, metrics, models, pictures
from tfgan_zoo.data import convert, images
from tfgan_zoo.recipes.recipe import Stage
from tfgan_zoo.recipes.restoration import RestorationRecipe


@dataclasses.dataclass(frozen=True)
class AdversarialRecipe(RestorationRecipe):
    """How a trained restoration network learns on against a discriminator: the average of the last step is the preset.

    Nothing is selected: the held-out photos' PSNR, which such a training lowers, is only told.

    Args:
        model: makes the model, with its losses and its average; called with the network, the degradation, the
            dtype policy and the seed.
        likeness: whose features judge what looks alike, in words for the card.
        trained_from: name of the preset that `start` loads, if it is one: `zoo.between` needs it.
        learning_rate: the generator's at the start, of Adam; it falls on a cosine to a tenth.
        discriminator_rate: the discriminator's, likewise.
        **rest: of `RestorationRecipe`; `start` is needed, `ema`, `warmup` and the phases' loss have no part.
    """

    model: Callable[..., models.AdversarialRestorer] | None = None
    likeness: str = ""
    trained_from: str | None = None
    learning_rate: float = 1e-4
    discriminator_rate: float = 4e-4

    def compiled(self, dtype, seed):
        keras.utils.set_random_seed(seed)
        network = self.network(dtype=dtype)
        network.set_weights(self.start().get_weights())
        model = self.model(network, self.degradation, dtype=dtype, seed=seed)
        model.compile(self._optimizer(self.learning_rate), self._optimizer(self.discriminator_rate))
        return model

    def _optimizer(self, rate):
        schedule = keras.optimizers.schedules.CosineDecay(rate, self.steps, alpha=0.1)
        return keras.optimizers.Adam(schedule, beta_1=0.0, beta_2=0.99)

    def stages(self, examples, seed):
        return [
            Stage(phase.steps, functools.partial(self._batches, examples.training, phase, seed + number))
            for number, phase in enumerate(self.phases)
        ]

    def watchers(self, folder, model, examples):
        pair = next(iter(self._validation(examples.selection)))
        return [callbacks.PreviewGrid(folder / "preview.png", *pair, every=2)]

    def result(self, folder, model, examples):
        network = self.network(dtype="float32")
        network.set_weights(model.averaged.get_weights())
        judge = metrics.PSNR()
        for degraded, clean in self._validation(examples.selection):
            judge.update_state(clean, network(degraded))
        training = {"photos": len(examples.training), "steps": self.steps, "of_steps": self.steps}
        facts = {"training": training, "held_out_psnr": round(float(judge.result()), 3)}
        return network, facts | ({"trained_from": self.trained_from} if self.trained_from else {})

    def preview(self, path, network, show):
        """Beside the network that it learnt on from."""
        photo = convert.middle(images.read(show, self.channels) if show else pictures.cat(), 300, 300)
        degraded, restored, clean = self.strip(network, photo)
        _, before, _ = self.strip(self.start(), photo)
        names = ("by pixels alone", "against a discriminator")
        shown = [(text.replace("restored", name), image) for name, (text, image) in zip(names, (before, restored))]
        pictures.captioned(path, [degraded, *shown, clean])

    def origin(self, facts):
        training = facts["training"]
        likeness = f", likeness judged by {self.likeness}" if self.likeness else ""
        return (
            f"{training['photos']} photos of {training['folder']}, {training['steps']:,} steps against a "
            f"discriminator{likeness}, from the weights of a preset trained by pixels alone; "
            f"{facts['held_out_psnr']:.2f} dB on held-out photos"
        )
