import keras
import numpy as np
import pytest

from tfgan_zoo import optimizers


@pytest.mark.parametrize("shape", [(30, 12), (12, 30), (16, 16)])
def test_orthogonalize_flattens_the_spectrum_and_keeps_the_directions(shape):
    matrix = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    result = np.asarray(optimizers.orthogonalize(matrix))
    u, _, v = np.linalg.svd(matrix, full_matrices=False)
    singular = np.linalg.svd(result, compute_uv=False)
    assert singular.min() > 0.5 and singular.max() < 1.3
    # In the matrix's own singular basis the result is diagonal.
    inside = u.T @ result @ v.T
    assert np.abs(inside - np.diag(np.diag(inside))).max() < 0.01


def test_kernels_go_to_muon_and_vectors_to_adam():
    kernel, bias = keras.Variable(np.ones((3, 3, 4, 8), "float32")), keras.Variable(np.zeros(8, "float32"))
    optimizer = optimizers.Muon(0.01)
    rng = np.random.default_rng(0)
    gradients = [rng.normal(size=v.shape).astype("float32") for v in (kernel, bias)]
    optimizer.apply(gradients, [kernel, bias])
    step = 1 - np.asarray(kernel)
    assert np.sqrt((step**2).mean()) == pytest.approx(0.01 * 0.2, rel=0.35)
    assert (np.sign(step) == np.sign(gradients[0])).mean() > 0.7
    np.testing.assert_allclose(bias, -0.01 * np.sign(gradients[1]), rtol=1e-4)


def test_it_minimises_whatever_the_scale_of_the_directions():
    rng = np.random.default_rng(0)
    scales = np.logspace(0, -1, 16)[:, None]
    target = rng.normal(size=(16, 16)).astype("float32")
    kernel = keras.Variable(np.zeros((16, 16), "float32"))
    optimizer = optimizers.Muon(keras.optimizers.schedules.CosineDecay(0.2, 300))
    for _ in range(300):
        optimizer.apply([((kernel.numpy() - target) * scales**2).astype("float32")], [kernel])
    assert np.abs(kernel.numpy() - target).max() < 0.1


def test_round_trip_and_weight_decay():
    optimizer = optimizers.Muon(0.1, momentum=0.9, weight_decay=0.5)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    kernel = keras.Variable(np.ones((4, 4), "float32"))
    again.apply([np.zeros((4, 4), "float32")], [kernel])
    np.testing.assert_allclose(kernel, 1 - 0.1 * 0.5, rtol=1e-5)
