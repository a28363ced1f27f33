"""Explicit seeds: the same seed gives the same draw eagerly, in a graph and inside tf.data.

Keras accepts an integer or a `SeedGenerator` as a seed, but not a seed computed in the graph,
such as the number of the training step. `Seed` closes that gap on every backend.
"""

import keras
from keras import ops


class Seed(keras.random.SeedGenerator):
    """A fixed seed held as a tensor of two integers; drawing from it does not change it."""

    def __init__(self, state):
        # No call to super: the base class would create a variable, and a Seed has no state.
        self.state = state

    def next(self, ordered: bool = True):
        return self.state


def as_seed(seed) -> Seed:
    """Turns an int, an integer tensor of shape () or (2,), or a `SeedGenerator` into a `Seed`.

    A generator is advanced by one, so that the next call draws something else.
    """
    if isinstance(seed, Seed):
        return seed
    if isinstance(seed, keras.random.SeedGenerator):
        return Seed(ops.cast(seed.next(), "uint32"))
    if isinstance(seed, int):
        # Keras seeds are pairs of 32-bit words; a larger integer would overflow the first.
        return Seed(ops.convert_to_tensor([seed & 0x7FFFFFFF, seed >> 31 & 0x7FFFFFFF], "uint32"))
    seed = ops.convert_to_tensor(seed)
    if "int" not in keras.backend.standardize_dtype(seed.dtype):
        raise ValueError(f"a seed is an int or an integer tensor, got {seed.dtype}")
    state = ops.cast(seed, "uint32")
    if len(state.shape) == 0:
        state = ops.stack([state, ops.zeros_like(state)])
    if tuple(state.shape) != (2,):
        raise ValueError(f"A seed is an int or an integer tensor of shape () or (2,), got {seed!r}")
    return Seed(state)


def split(seed, count: int) -> list[Seed]:
    """Derives `count` independent seeds from one."""
    words = keras.random.randint((count, 2), 0, 2**31 - 1, dtype="int32", seed=as_seed(seed))
    return [Seed(word) for word in ops.unstack(ops.cast(words, "uint32"), count)]


def fold(seed, number) -> Seed:
    """Derives the seed of the `number`-th member of a sequence, such as a training step."""
    state = as_seed(seed).state
    # The first word moves too: the zeroth member must not be the first of `split`.
    offset = ops.cast(ops.stack([1, ops.cast(number, "int32")]), "uint32")
    return split(Seed(state + offset), 1)[0]


def normal(shape, seed):
    """Standard normal float32 draw of `shape`."""
    return keras.random.normal(shape, dtype="float32", seed=as_seed(seed))


def uniform(shape, low, high, seed):
    """Uniform float32 draw of `shape` from [low, high)."""
    unit = keras.random.uniform(shape, dtype="float32", seed=as_seed(seed))
    return low + (high - low) * unit
