import functools

import numpy as np
import pytest

from tfgan_zoo import explain, inference, networks
from tfgan_zoo.data import images


@pytest.fixture(name="generator")
def _generator():
    """Only the first latent direction changes its images much."""
    made = networks.MLPGenerator((8, 8, 1), 6, widths=(32,), conditions={"label": 2})
    kernel = made.hidden[0].kernel.numpy()
    kernel[0] *= 20
    made.hidden[0].kernel.assign(kernel)
    return made


@pytest.mark.parametrize(
    "method", [explain.sefa, functools.partial(explain.principal, label=1)], ids=["sefa", "principal"]
)
def test_the_strong_direction_comes_first(generator, method):
    found = method(generator, 3)
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert abs(found.vectors[0, 0]) > 0.9
    assert (np.diff(found.strengths) <= 1e-6).all()


@pytest.mark.parametrize("label", [0, 1])
def test_principal_components_are_of_what_the_normalisation_leaves(label):
    """A direction that batch norm shrinks is weak, however large the weights before it."""
    made = networks.DCGANGenerator((28, 28, 1), 6, width=4, conditions={"label": 2})
    kernel = made.first.kernel.numpy()
    kernel[0] *= 20
    made.first.kernel.assign(kernel)
    assert abs(explain.principal(made, 1, samples=300, label=label).vectors[0, 0]) > 0.9
    # Each channel is divided by its own deviation: those that the first latent moves count no more.
    variance = made.norms[0].normalize.moving_variance
    mine = np.arange(16) < 8
    kernel = kernel.reshape(8, 49, 16)
    kernel[0], kernel[1:, :, mine] = np.where(mine, kernel[0], 0), 0
    made.first.kernel.assign(kernel.reshape(8, -1))
    variance.assign(np.where(mine, 1e6, variance))
    assert abs(explain.principal(made, 1, samples=300, label=label).vectors[0, 0]) < 0.3


def test_the_strongest_direction_moves_images_most(generator):
    effect = explain.effect(generator, explain.sefa(generator, 3), label=1)
    assert effect[0] > 1.5 * effect[1:].max()


def test_a_picture_has_a_row_a_direction(generator, tmp_path):
    explain.show(tmp_path / "d.png", generator, explain.sefa(generator, 3), columns=5, label=0)
    assert images.read(tmp_path / "d.png").shape[:2] == (24, 40)


def test_inversion_finds_the_generators_own_images_and_not_others(generator):
    own = inference.generate(generator, 3, seed=5, label=1)
    found = explain.invert(generator, own, steps=150, label=[1, 1, 1])
    foreign = explain.invert(generator, np.random.default_rng(0).random((3, 8, 8, 1)), steps=150, label=[1, 1, 1])
    assert found.error.max() < 0.05 < foreign.error.min()
    np.testing.assert_allclose(found.images, inference.generate(generator, latent=found.latent, label=1), atol=1e-5)


def test_inversion_of_a_mixture_stays_in_the_groups_it_starts_from():
    labelled = networks.MLPGenerator((8, 8, 1), 6, widths=(32,), conditions={"cluster": 5})
    mixture = networks.Mixture(labelled, [0.2] * 5)
    own = inference.generate(mixture, 4, seed=5)
    found = explain.invert(mixture, own, steps=100)
    assert found.error.max() < 0.05
    assert np.linalg.norm(found.latent[:, :2], axis=1).min() > 0.05, "drawn from a normal distribution, and left there"
    again = inference.generate(mixture, latent=found.latent)
    np.testing.assert_allclose(again, found.images, atol=1e-5)


def test_what_cannot_be_looked_into_is_refused(generator):
    drawn = networks.UNetGenerator((8, 8, 1), widths=(4,), conditions={"outline": (8, 8, 1)})
    with pytest.raises(ValueError, match="no latent vector"):
        explain.invert(drawn, np.zeros((1, 8, 8, 1)), outline=np.zeros((8, 8, 1)))
    with pytest.raises(ValueError, match=r"must be \(count, 8, 8, 1\), got \(1, 1, 1, 1\)"):
        explain.invert(generator, np.zeros((1, 1, 1, 1)), label=0)
    with pytest.raises(ValueError, match="also needs label"):
        explain.invert(generator, np.zeros((1, 8, 8, 1)))
    with pytest.raises(ValueError, match="no dense layer on its latent"):
        explain.sefa(drawn)
    with pytest.raises(ValueError, match="does not begin with a latent"):
        explain.principal(drawn, 2, samples=5, outline=np.zeros((8, 8, 1)))


def test_truncation_trades_recall_for_precision(tmp_path):
    """A generator that spreads wider than the real images gains precision when truncated."""
    wide = networks.MLPGenerator((2, 2, 1), 4, widths=())
    wide.last.kernel.assign(2.0 * np.eye(4))
    z = inference.latents(4, 300, seed=9, truncation=0.5)
    real = 1 / (1 + np.exp(-2.0 * z))
    rows = explain.truncation_curve(wide, real, lambda x: np.reshape(x, (len(x), -1)), (0.2, 0.5, 1.5))
    precision, recall = ([row[name] for row in rows] for name in ("precision", "recall"))
    assert precision[0] >= precision[1] > precision[2] and recall[0] < recall[1]
    explain.show_truncation(tmp_path / "t.png", rows)
    assert (tmp_path / "t.png").stat().st_size > 1000
