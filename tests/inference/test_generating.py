import numpy as np
import pytest

from tfgan_zoo import inference, networks


@pytest.fixture(name="generator", scope="module")
def _generator():
    return networks.DCGANGenerator((28, 28, 1), 8, width=4, conditions={"label": 3, "color": (3,)})


def test_a_seed_is_the_same_on_every_machine():
    np.testing.assert_allclose(
        inference.latents(3, 2, seed=7), inference.latents(3, 5, seed=7)[:2], err_msg="the count must not matter"
    )
    # Written down, so that a change of the generator would show.
    np.testing.assert_allclose(inference.latents(3, 2, seed=7)[1], [-0.66685176, -2.4468415, -0.69653714], rtol=1e-5)
    many = inference.latents(50, 400, truncation=0.5)
    assert many.std() == pytest.approx(0.5, rel=0.02) and abs(np.corrcoef(many[0], many[1])[0, 1]) < 0.5


def test_vectors_of_many_sizes_are_drawn_without_a_warning(caplog):
    assert [inference.latents(size, 2).shape for size in range(1, 13)] == [(2, size) for size in range(1, 13)]
    assert "retracing" not in caplog.text


def test_images_follow_seed_latent_and_conditions(generator):
    condition = {"label": 1, "color": [0.1, 0.2, 0.3]}
    made = inference.generate(generator, 3, seed=4, **condition)
    assert made.shape == (3, 28, 28, 1) and made.dtype == np.float32 and 0 <= made.min() and made.max() <= 1
    again = inference.generate(generator, latent=inference.latents(8, 3, 4), **condition)
    np.testing.assert_array_equal(made, again)
    one_each = inference.generate(generator, 3, seed=4, label=[1, 1, 1], color=np.tile([0.1, 0.2, 0.3], (3, 1)))
    np.testing.assert_array_equal(made, one_each)


def test_more_than_fit_at_once_are_made_in_parts(generator):
    many = inference.generate(generator, 300, label=0, color=[0, 0, 0])
    few = inference.generate(generator, 3, label=0, color=[0, 0, 0])
    assert len(many) == 300
    np.testing.assert_allclose(many[:3], few, atol=1e-5)


def test_wrong_conditions_are_named(generator):
    for conditions, reason in (
        ({"label": 0}, "also needs color"),
        ({"label": 0, "color": [0, 0, 0], "size": 3}, "not \\['size'\\]"),
        ({"label": 3, "color": [0, 0, 0]}, "0 to 2"),
        ({"label": 0, "color": [0, 0]}, "shape"),
        ({"label": 1.7, "color": [0, 0, 0]}, "label must be integers"),
        ({"label": "cat", "color": [0, 0, 0]}, "label must be integers"),
        ({"label": 0, "color": [0, 0, 0], "latent": np.zeros(8)}, r"latent must be of shape \(count, 8\), got \(8,\)"),
        ({"label": 0, "color": [0, 0, 0], "latent": np.zeros((1, 8)), "count": 3}, r"\(3, 8\), got \(1, 8\)"),
        ({"label": [0, 1], "color": [0, 0, 0]}, "2 images|for 1 images"),
    ):
        with pytest.raises(ValueError, match=reason):
            inference.generate(generator, **conditions)
    with pytest.raises(ValueError, match="makes no images; it is a MobileSR"):
        inference.generate(networks.MobileSR(3, 2))
    with pytest.raises(ValueError, match="seed"):
        inference.latents(8, 1, seed=-1)
    with pytest.raises(ValueError, match="truncation"):
        inference.latents(8, 1, truncation=0)


def test_images_as_conditions_are_levels_or_shares():
    made = networks.UNetGenerator((8, 8, 1), widths=(4,), conditions={"outline": (8, 8, 1)})
    levels = np.random.default_rng(0).integers(0, 256, (8, 8, 1), np.uint8)
    one, other = (inference.generate(made, outline=drawing) for drawing in (levels, levels / 255))
    np.testing.assert_allclose(one, other, atol=1e-6)
    with pytest.raises(ValueError, match=r"outline must be uint8 or in \[0, 1\], got .* to 255"):
        inference.generate(made, outline=np.full((8, 8, 1), 255.0))


def test_slerp_stays_on_the_sphere():
    start, end = inference.latents(64, 2)
    path = inference.slerp(start, end, 9)
    np.testing.assert_allclose(path[0], start, atol=1e-5)
    np.testing.assert_allclose(path[-1], end, atol=1e-5)
    lengths = np.linalg.norm(path, axis=1)
    assert lengths.min() > 0.95 * min(np.linalg.norm(start), np.linalg.norm(end))
    np.testing.assert_allclose(inference.slerp(start, start, 3), np.tile(start, (3, 1)), atol=1e-6)
    with pytest.raises(ValueError, match="steps"):
        inference.slerp(start, end, 1)
