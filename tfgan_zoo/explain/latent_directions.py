"""Directions of the latent space in which a generator's images change most.

`sefa` in closed form from the first layer's weights (Shen and Zhou 2021, arXiv:2007.06600);
`principal` from what the first feature map is for random vectors (GANSpace, Harkonen et al. 2020,
arXiv:2004.02546). Neither knows what a direction means: `effect` measures how much it changes,
and `show` makes the picture by which a person names it.
"""

import dataclasses
import os

import keras
import numpy as np

from tfgan_zoo import pictures
from tfgan_zoo.inference import generate, inputs_of, latents
from tfgan_zoo.networks import Generator


@dataclasses.dataclass(frozen=True)
class Directions:
    """Unit vectors of the latent space, the strongest first.

    Attributes:
        vectors: (count, latent).
        strengths: singular values, or standard deviations along the components, (count,).
    """

    vectors: np.ndarray
    strengths: np.ndarray


def sefa(network: Generator, count: int = 5) -> Directions:
    """Right singular vectors of the first layer's weight on the latent vector (SeFa, eq. 4 to 7)."""
    weight = keras.ops.convert_to_numpy(network.latent_kernel()).astype(np.float64)
    left, strengths, _ = np.linalg.svd(weight, full_matrices=False)
    return Directions(left[:, :count].T.astype(np.float32), strengths[:count])


def principal(network: Generator, count: int = 5, samples: int = 2000, seed: int = 0, **conditions) -> Directions:
    """Latent directions that move the first feature map along its principal components.

    The components are of `network.stem`, normalised and after the nonlinearity; the latent
    direction of a component is found by regression, as in GANSpace.
    """
    inputs = inputs_of(network, samples, seed=seed, **conditions)
    features = keras.ops.convert_to_numpy(keras.ops.cast(network.stem(inputs, training=False), "float32"))
    centred = features.reshape(samples, -1) - features.reshape(samples, -1).mean(axis=0)
    # There are more features than samples: the components' scores are the Gram matrix's vectors.
    values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
    strongest = np.argsort(values)[::-1][:count]
    deviations = np.sqrt(np.maximum(values[strongest], 0))
    directions = np.linalg.lstsq(vectors[:, strongest] * deviations, inputs["latent"], rcond=None)[0]
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return Directions(unit.astype(np.float32), deviations / np.sqrt(samples))


def effect(
    network: Generator, directions: Directions, step: float = 2.0, samples: int = 64, seed: int = 0, **conditions
):
    """Mean absolute change of a pixel, in [0, 1], when latent vectors move by `step` along each direction."""
    start = latents(network.latent, samples, seed)
    before = generate(network, latent=start, **conditions)
    return np.array(
        [np.abs(generate(network, latent=start + step * v, **conditions) - before).mean() for v in directions.vectors]
    )


def show(
    path: str | os.PathLike,
    network: Generator,
    directions: Directions,
    *,
    reach: float = 4.0,
    columns: int = 7,
    seed: int = 0,
    **conditions,
) -> None:
    """Writes a picture: a row a direction, one latent vector moved from -reach to reach."""
    start, rows = latents(network.latent, 1, seed), []
    for vector in directions.vectors:
        moved = start + np.linspace(-reach, reach, columns)[:, None].astype(np.float32) * vector
        rows.append(list(generate(network, latent=moved, **conditions)))
    pictures.grid(path, rows)
