import numpy as np

from tfgan_zoo import networks


def test_it_has_the_papers_1761_weights_and_starts_near_the_identity(photo):
    network = networks.AODNet()
    assert network.count_params() == 1761
    assert np.abs(np.asarray(network(photo[None])) - photo).mean() < 0.1


def test_with_the_true_map_it_undoes_haze(photo):
    """Eq. 4: K = ((I - A) / t + A - 1) / (I - 1) gives J back, J t + A (1 - t) being the haze."""
    network = networks.AODNet()
    transmission, airlight = 0.5, 1.0
    hazy = photo[None] * transmission + airlight * (1 - transmission)
    k = ((hazy - airlight) / transmission + airlight - 1) / (hazy - 1)
    assert np.allclose(k, 2, atol=1e-4)
    network.last.set_weights([np.zeros((3, 3, 12, 3)), np.full(3, 2.0)])
    np.testing.assert_allclose(network(hazy), photo[None], atol=1e-5)
