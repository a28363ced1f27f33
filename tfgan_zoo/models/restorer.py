"""Restorer: teaches a network to undo a degradation."""

import keras
import tensorflow as tf

from tfgan_zoo.models import checks
from tfgan_zoo.models.counting import count, step_seed
from tfgan_zoo.ops import padding


@keras.saving.register_keras_serializable("tfgan_zoo")
class Restorer(keras.Model):
    """Trains a network on clean images, which it degrades on the device, anew at every step.

    `fit` takes batches of clean images, or of pairs (degraded, clean) if there is no
    degradation; `evaluate` and `validation_data` always take pairs, so that validation always
    sees the same noise. The degradation's result is the network's input, whatever its
    structure: an image, or (image, sigma map); smaller than the clean one by the `scale` of a
    network that enlarges.

    The step's noise depends on `seed` and the number of the batch, `steps`, alone, so a training
    that was interrupted and restored goes on exactly as if it had not been. (Compiled by XLA,
    as Keras does on a GPU, the same seed draws other noise than without.)

    Args:
        network: what is trained, and what ships.
        degradation: a `Degradation`, called as `degradation(clean, seed=...)`; None where the
            data comes in pairs.
        ema: momentum of the exponential moving average of the network's weights, which
            validation and prediction use: `ema_network` holds them. 0 switches it off.
        seed: of the noise.
        margin: pixels to cut off each side after the degradation, of clean images too: a blur's
            border shows what no photo does. Not for networks that enlarge.

    Raises:
        ValueError: an ema out of [0, 1), or a negative margin, or one of a network that enlarges.
    """

    def __init__(self, network, degradation=None, ema: float = 0.999, seed: int = 0, margin: int = 0, **kwargs):
        kwargs.setdefault("dtype", network.dtype_policy)
        super().__init__(**kwargs, autocast=False)
        if not 0 <= ema < 1:
            raise ValueError(f"ema must be in [0, 1), got {ema}")
        self.network, self.degradation = network, degradation
        if margin < 0 or (margin and getattr(network, "scale", 1) != 1):
            raise ValueError(f"margin must not be negative, and 0 for a network that enlarges, got {margin}")
        self.ema, self.seed, self.margin = ema, seed, margin
        if ema:
            self.ema_network = network.__class__.from_config(network.get_config())
            self.ema_network.set_weights(network.get_weights())
            self.ema_network.trainable = False
        # Not the optimizer's count, which accumulated gradients and skipped float16 steps hold back.
        self.steps = self.add_weight(shape=(), initializer="zeros", dtype="int64", trainable=False, name="steps")
        self.built = True

    @property
    def averaged(self):
        """The network to ship: the averaged one, or the trained one where there is no average."""
        return self.ema_network if self.ema else self.network

    def compile(self, optimizer="adam", loss="mse", **kwargs):
        """As Keras's; the optimizer is built here, so that restoring a backup restores it too."""
        super().compile(optimizer=optimizer, loss=loss, **kwargs)
        self.optimizer.build(self.network.trainable_variables)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def call(self, inputs, training=None):
        network = self.network if training else self.averaged
        return network(inputs, training=training)

    def train_step(self, data):
        degraded, clean = self._pair(data)
        checks.fitting(self.network, degraded, clean)
        logs = super().train_step((degraded, clean))
        count(self.steps, data)
        if self.ema:
            self._update_average()
        return logs

    def _symbolic_build(self, iterator=None, data_batch=None):
        # On several devices Keras builds loss and metrics by a batch as `fit` gets it, which is images alone.
        if keras.utils.unpack_x_y_sample_weight(data_batch)[1] is None:
            data_batch = self._pair(data_batch)
        super()._symbolic_build(iterator, data_batch)

    def test_step(self, data):
        degraded, clean, weights = keras.utils.unpack_x_y_sample_weight(data)
        if clean is None:
            raise ValueError("evaluation takes pairs (degraded, clean), such as data.pairs gives; got images alone")
        return super().test_step((checks.as_degraded(degraded), checks.as_images(clean), weights))

    def _pair(self, data):
        """(degraded, clean) of a batch: as it came, or made from clean images."""
        first, second, weights = keras.utils.unpack_x_y_sample_weight(data)
        if weights is not None:
            raise ValueError("sample weights are not used; got some")
        if (second is None) != (self.degradation is not None):
            raise ValueError("fit takes clean images alone with a degradation, and pairs (degraded, clean) without one")
        if self.degradation is None:
            return checks.as_degraded(first), checks.as_images(second)
        first = checks.as_images(first)
        degraded = self.degradation(first, seed=step_seed(self.seed, self.steps))
        told, wanted = isinstance(degraded, tuple), getattr(self.network, "noise_map", None)
        if wanted is not None and told != wanted:
            raise ValueError(
                f"{self.network.name} {'needs' if wanted else 'takes no'} noise map, and {self.degradation.name} gives "
                f"{'one' if told else 'none'}: noise_map=True and return_sigma=True go together"
            )
        return padding.without_border(degraded, self.margin), padding.without_border(first, self.margin)

    def _update_average(self):
        # Early averages follow the weights closely, or the random start would linger.
        step = tf.cast(self.steps, "float32")
        momentum = tf.minimum(self.ema, (1 + step) / (10 + step))
        for average, weight in zip(self.ema_network.weights, self.network.weights):
            average.assign(average + (1 - momentum) * (weight - average))

    def get_config(self):
        return {
            **super().get_config(),
            "network": keras.saving.serialize_keras_object(self.network),
            "degradation": keras.saving.serialize_keras_object(self.degradation),
            "ema": self.ema,
            "seed": self.seed,
            "margin": self.margin,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("network", "degradation"):
            config[name] = keras.saving.deserialize_keras_object(config[name])
        return cls(**config)
