"""Recipes that teach a classifier."""

import dataclasses
import functools
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import data, evaluation, models, pictures
from tfgan_zoo.recipes.recipe import SetRecipe, Stage


@dataclasses.dataclass(frozen=True)
class ClassificationRecipe(SetRecipe):
    """How a classifier is trained: Adam on a cosine to zero, mirrored images; the last step is the preset.

    Nothing is selected by the held-out images.

    Args:
        name, summary, limits: of `Recipe`.
        examples: reads the data, with "label", from a folder.
        network: makes the network; called with the dtype policy.
        steps: of the optimizer.
        batch: images in a step.
        learning_rate: at the start.
        epoch: steps between two looks at the log.
        serves: the command that uses it, without `tfgan-zoo`, for the card.
        augment: makes a `layers.DiffAugment` of what the network learns from; None leaves it out.
    """

    network: Callable[..., keras.Model]
    serves: str
    batch: int = 128
    learning_rate: float = 1e-3
    augment: Callable[[], keras.Layer] | None = None

    def compiled(self, dtype, seed):
        keras.utils.set_random_seed(seed)
        model = models.Classifier(self.network(dtype=dtype), self.augment() if self.augment else None, seed=seed)
        model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(self.learning_rate, self.steps)))
        return model

    def stages(self, examples, seed):
        options = {}
        if examples.held_out:
            held_out = tf.data.Dataset.from_tensor_slices(_seen(examples.held_out)).batch(self.batch)
            options["validation_data"] = held_out.map(lambda b: {**b, "image": tf.cast(b["image"], tf.float32) / 255.0})
        return [Stage(self.steps, functools.partial(self._batches, _seen(examples.arrays), seed), options)]

    def _batches(self, arrays, seed, start):
        return data.batches(arrays, self.batch, seed=seed, start=start, flip=True)

    def watchers(self, folder, model, examples):
        return []

    def result(self, folder, model, examples):
        network = self.network(dtype="float32")
        network.set_weights(model.network.get_weights())
        training = {"images": len(examples.arrays["label"]), "steps": self.steps}
        facts, held_out = {"training": training}, examples.held_out
        if held_out:
            right = evaluation.judged_labels(network, held_out["image"]) == held_out["label"]
            facts["held_out_accuracy"] = round(float(right.mean()), 4)
        return network, facts

    def preview(self, path, network, show):
        if show is None:
            raise ValueError(f"{self.name} is shown on the data that it learnt from; give their folder")
        examples = self.examples(show)
        images = (examples.held_out or examples.arrays)["image"]
        images = images[np.linspace(0, len(images) - 1, 40).astype(int)]
        guessed = evaluation.judged_labels(network, images)
        names, factor = examples.classes["label"], -(-112 // images.shape[1])
        large = images.repeat(factor, axis=1).repeat(factor, axis=2)
        fitting = large.shape[2] // 8
        pictures.captioned(path, [(names[label][:fitting], image) for label, image in zip(guessed, large)], columns=8)

    def requests(self, network, source, side):
        images = self.examples(source).arrays["image"]
        rows = np.linspace(0, len(images) - 1, min(96, len(images))).astype(int)
        return [({"image": np.float32(images[row : row + 1]) / 255}, None) for row in rows]

    def origin(self, facts):
        training = facts["training"]
        told = f"{training['images']:,} images of {training['folder']}, {training['steps']:,} steps of {self.batch}"
        right = facts.get("held_out_accuracy")
        return told if right is None else f"{told}; it names {100 * right:.1f} % of the held-out images right"

    def use(self, name):
        network = f'tfgan_zoo.zoo.load("{name}")'
        return (
            f"tfgan-zoo {self.serves}",
            f"features = {network}.features(images)",
        )


def _seen(arrays):
    return {name: arrays[name] for name in ("image", "label")}
