"""Small networks of every kind, whose exports take seconds."""

import keras
import numpy as np
import pytest

from tfgan_zoo import networks


def _trained(network):
    """Random weights in place of zeros and ones, statistics of batch norm included."""
    rng = np.random.default_rng(0)
    for weight in network.weights:
        value = np.asarray(weight)
        if "variance" in weight.path:
            weight.assign(rng.uniform(0.5, 1.5, value.shape))
        elif value.ndim == 1:
            weight.assign(value + rng.normal(0, 0.05, value.shape))
    return network


@pytest.fixture(scope="session")
def restorers() -> dict[str, keras.Model]:
    """Restoration networks: with a noise map, blind in colour, with batch norm."""
    keras.utils.set_random_seed(1)
    return {
        "map": _trained(networks.ResUNet(1, (8, 12), (1, 1), noise_map=True)),
        "color": _trained(networks.ResUNet(3, (8, 12), (1, 1))),
        "batch_norm": _trained(networks.DnCNN(depth=4, width=8)),
    }


@pytest.fixture(scope="session")
def generators() -> dict[str, keras.Model]:
    """Generators: by label, by colour and image, by a label that they draw themselves."""
    keras.utils.set_random_seed(2)
    labelled = networks.DCGANGenerator((28, 28, 1), 8, width=8, conditions={"label": 4})
    return {
        "label": _trained(labelled),
        "mixture": networks.Mixture(labelled, (0.4, 0.3, 0.2, 0.1)),
        "image": _trained(
            networks.UNetGenerator((32, 32, 3), widths=(8, 12), conditions={"outline": (32, 32, 1), "color": (3,)})
        ),
    }
