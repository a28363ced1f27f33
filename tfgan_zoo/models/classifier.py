"""Classifier: teaches a network to name what an image shows."""

import keras
import tensorflow as tf

from tfgan_zoo.models import checks
from tfgan_zoo.models.counting import count, step_seed


@keras.saving.register_keras_serializable("tfgan_zoo")
class Classifier(keras.Model):
    """Trains a classifier on dictionaries of "image" and "label", as `data.batches` gives.

    Args:
        network: images to logits.
        augment: a `layers.DiffAugment` of the images, in training alone.
        seed: of the augmentation. The network's dropout draws from Keras's own generator: a training
            that was interrupted goes on with other draws of it.
        **kwargs: of `keras.Model`.
    """

    def __init__(self, network: keras.Model, augment: keras.Layer | None = None, *, seed: int = 0, **kwargs):
        kwargs.setdefault("dtype", network.dtype_policy)
        super().__init__(**kwargs, autocast=False)
        self.network, self.augment, self.seed = network, augment, seed
        self.steps = self.add_weight(shape=(), initializer="zeros", dtype="int64", trainable=False, name="steps")
        self.built = True

    @property
    def averaged(self):
        """The network to ship."""
        return self.network

    def compile(self, optimizer="adam", **kwargs):
        """Cross-entropy and accuracy; the optimizer is built here, so that restoring a backup restores it too."""
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        super().compile(optimizer, loss, metrics=["accuracy"], **kwargs)
        self.optimizer.build(self.network.trainable_variables)

    def compile_from_config(self, config):
        own = ("loss", "metrics")
        self.compile(**keras.saving.deserialize_keras_object({k: v for k, v in config.items() if k not in own}))

    def _symbolic_build(self, iterator=None, data_batch=None):
        # As in `Restorer`: a batch is one dictionary.
        super()._symbolic_build(iterator, _pair(data_batch))

    def call(self, inputs, training=None):
        return self.network(inputs, training=training)

    def train_step(self, data):
        images, labels = _pair(data)
        if self.augment is not None:
            images = self.augment(images, seed=step_seed(self.seed, self.steps).state)
        logs = super().train_step((images, labels))
        count(self.steps, data)
        return logs

    def test_step(self, data):
        return super().test_step(_pair(data))

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        parts = {"network": serialize(self.network), "augment": serialize(self.augment)}
        return {**super().get_config(), **parts, "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        deserialize = keras.saving.deserialize_keras_object
        return cls(**{**config, **{name: deserialize(config[name]) for name in ("network", "augment")}})


def _pair(data) -> tuple[tf.Tensor, tf.Tensor]:
    batch = keras.utils.unpack_x_y_sample_weight(data)[0]
    if not isinstance(batch, dict) or {"image", "label"} - set(batch):
        given = sorted(batch) if isinstance(batch, dict) else type(batch).__name__
        raise ValueError(f'a batch is a dictionary of "image" and "label", such as data.batches gives; got {given}')
    return checks.as_images(batch["image"]), batch["label"]
