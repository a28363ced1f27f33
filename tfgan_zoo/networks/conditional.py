"""What generators and discriminators have in common: inputs by name, conditions among them."""

import numbers

import keras
from keras import ops

from tfgan_zoo.layers import ImagePyramid

Condition = int | tuple
"""A label (its number of classes), a vector (its shape, such as (3,)) or an image ((height, width, channels))."""


class ConditionalNetwork(keras.Model):
    """A network whose inputs are a dictionary: its own input, and conditions by name.

    A generator's own input is "latent", (batch, latent), where it has one; a discriminator's
    is "image", (batch, height, width, channels) in [0, 1]. Conditions are

    - labels: an int gives the number of classes; the input is (batch,), integers;
    - vectors: a shape such as (3,); the input is (batch, 3), float;
    - images: a shape such as (64, 64, 1); the input is (batch, 64, 64, 1), float in [0, 1].

    Other entries of the dictionary are ignored, so that a whole batch may be given. A subclass
    ends its `__init__` with `self.finish()`.

    Args:
        conditions: by name; none by default.
        **kwargs: of `keras.Model`; `dtype` is the policy to compute with.
    """

    def __init__(self, conditions: dict[str, Condition] | None = None, **kwargs):
        super().__init__(**kwargs, autocast=False)
        self.conditions = {
            name: int(c) if isinstance(c, numbers.Integral) else tuple(c)
            for name, c in sorted((conditions or {}).items())
        }
        for name, condition in self.conditions.items():
            if isinstance(condition, int) and condition < 2:
                raise ValueError(f"a label needs at least 2 classes; {name} has {condition}")
            if not isinstance(condition, int) and len(condition) not in (1, 3):
                raise ValueError(
                    f"a condition is a number of classes, (size,) or (height, width, channels); {name} is {condition}"
                )

    def own_inputs(self) -> dict[str, tuple]:
        """Shapes, without the batch, of the inputs that are no conditions."""
        raise NotImplementedError

    def finish(self) -> None:
        """Creates all weights, so that loading them cannot silently miss one."""
        self(self.example())

    def example(self, count: int = 1) -> dict:
        """Inputs of zeros, of the right names, shapes and types."""
        inputs = {name: ops.zeros((count, *shape)) for name, shape in self.own_inputs().items()}
        for name, condition in self.conditions.items():
            inputs[name] = (
                ops.zeros((count,), "int32") if isinstance(condition, int) else ops.zeros((count, *condition))
            )
        return inputs

    def require(self, inputs: dict) -> None:
        """Checks that every input is there.

        Raises:
            ValueError: the message names the missing and the given.
        """
        needed = {*self.own_inputs(), *self.conditions}
        if not isinstance(inputs, dict) or needed - set(inputs):
            given = sorted(inputs) if isinstance(inputs, dict) else type(inputs).__name__
            raise ValueError(f"{self.name} takes a dictionary with {sorted(needed)}, got {given}")

    def vector_size(self) -> int:
        """Length of what `vector` gives."""
        return sum(
            c if isinstance(c, int) else c[0] for c in self.conditions.values() if isinstance(c, int) or len(c) == 1
        )

    def vector(self, inputs: dict):
        """Labels as one-hot vectors, and vectors, side by side: (batch, n) float32; None without any.

        A dense layer after it is what an embedding of the label would be.
        """
        parts = []
        for name, condition in self.conditions.items():
            if isinstance(condition, int):
                # Not `ops.one_hot`, whose 1 is another number in TFLite's 8 bits.
                parts.append(ops.take(ops.eye(condition), ops.cast(inputs[name], "int32"), axis=0))
            elif len(condition) == 1:
                parts.append(ops.cast(inputs[name], "float32"))
        return ops.concatenate(parts, axis=-1) if parts else None

    def image_conditions(self) -> dict[str, tuple]:
        """Shapes of the conditions that are images."""
        return {name: c for name, c in self.conditions.items() if not isinstance(c, int) and len(c) == 3}

    def images(self, inputs: dict) -> list:
        """The conditions that are images, float32."""
        return [ops.cast(inputs[name], "float32") for name in self.image_conditions()]

    def require_images_of(self, shape: tuple) -> None:
        """Checks, for a network that lays conditions over the image, that they are of its height and width."""
        for name, condition in self.image_conditions().items():
            if condition[:2] != tuple(shape[:2]):
                raise ValueError(
                    f"a condition that is an image must be {shape[:2]} as the image; {name} is {condition}"
                )

    def compute_output_spec(self, inputs, training=None):
        # Known without tracing, so that dictionaries with extra entries pass.
        count = next(iter(inputs.values())).shape[0]
        return keras.KerasTensor((count, *self.output_shape_without_batch()), dtype="float32")

    def get_config(self):
        return {**super().get_config(), "conditions": self.conditions}


class Generator(ConditionalNetwork):
    """Latent and conditions in, image in [0, 1] out: (batch, height, width, channels), float32.

    Args:
        shape: of the image, (height, width, channels).
        latent: length of the latent vector, drawn from a standard normal distribution; 0 for none.
        **kwargs: of `ConditionalNetwork`.

    Attributes:
        choosing: how many numbers at the latent vector's beginning choose among kinds of images,
            and have no gradient.
    """

    choosing = 0

    def __init__(self, shape=(28, 28, 1), latent: int = 64, **kwargs):
        super().__init__(**kwargs)
        self.shape, self.latent = tuple(shape), latent

    def own_inputs(self):
        return {"latent": (self.latent,)} if self.latent else {}

    def stem(self, inputs: dict, training=None):
        """What the network makes of the latent vector and vector conditions before anything else: (batch, ...)."""
        raise ValueError(f"{self.name} does not begin with a latent vector")

    def latent_kernel(self):
        """The first layer's weights on the latent vector, (latent, units)."""
        raise ValueError(f"{self.name} has no dense layer on its latent vector")

    def add_pyramid(self, widths) -> None:
        """Makes what `maps` needs, where conditions are images; `widths` from the smallest map up."""
        self.pyramid = None
        if self.image_conditions():
            self.require_images_of(self.shape)
            self.pyramid = ImagePyramid(widths, dtype=self.dtype_policy, name="pyramid")

    def maps(self, inputs: dict) -> list:
        """What the pyramid makes of the conditions that are images; empty without any."""
        if self.pyramid is None:
            return []
        return self.pyramid(ops.cast(2.0 * ops.concatenate(self.images(inputs), axis=-1) - 1.0, self.compute_dtype))

    def joined(self, inputs: dict):
        """The latent vector and `vector` side by side, in the type to compute with."""
        if not self.latent:
            raise ValueError(f"{self.name} begins with a latent vector; latent must be at least 1, got {self.latent}")
        condition = self.vector(inputs)
        x = inputs["latent"] if condition is None else ops.concatenate([inputs["latent"], condition], axis=-1)
        return ops.cast(x, self.compute_dtype)

    def image(self, features):
        """The image, in [0, 1], of what the last convolution gives: (1 + tanh) / 2."""
        return ops.sigmoid(2.0 * features)

    def output_shape_without_batch(self):
        return self.shape

    def get_config(self):
        return {**super().get_config(), "shape": self.shape, "latent": self.latent}


class Discriminator(ConditionalNetwork):
    """Image in [0, 1] and conditions in, one logit an image out: (batch, 1), or (batch, h, w, 1) for patches.

    Args:
        shape: of the image, (height, width, channels).
        **kwargs: of `ConditionalNetwork`.

    Attributes:
        any_size: whether images of other heights and widths are judged as well.
    """

    any_size = False

    def __init__(self, shape=(28, 28, 1), **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def own_inputs(self):
        return {"image": self.shape}

    def output_shape_without_batch(self):
        return (1,)

    def get_config(self):
        return {**super().get_config(), "shape": self.shape}
