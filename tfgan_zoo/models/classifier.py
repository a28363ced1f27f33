"""Classifier: teaches a network to name what an image shows."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("tfgan_zoo")
class Classifier(keras.Model):
    """Trains a classifier on dictionaries of "image" and "label", as `data.batches` gives.

    Args:
        network: images to logits.
    """

    def __init__(self, network: keras.Model, **kwargs):
        kwargs.setdefault("dtype", network.dtype_policy)
        super().__init__(**kwargs, autocast=False)
        self.network = network
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

    def call(self, inputs, training=None):
        return self.network(inputs, training=training)

    def train_step(self, data):
        logs = super().train_step(_pair(data))
        self.steps.assign_add(1)
        return logs

    def test_step(self, data):
        return super().test_step(_pair(data))

    def get_config(self):
        return {**super().get_config(), "network": keras.saving.serialize_keras_object(self.network)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "network": keras.saving.deserialize_keras_object(config["network"])})


def _pair(data) -> tuple[tf.Tensor, tf.Tensor]:
    batch = keras.utils.unpack_x_y_sample_weight(data)[0]
    return batch["image"], batch["label"]
