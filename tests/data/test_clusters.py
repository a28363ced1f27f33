import numpy as np
import pytest

from tfgan_zoo import data


def test_groups_are_those_of_the_images():
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, 90)
    corner = np.zeros((3, 28, 28, 1))
    corner[0, :14, :14] = corner[1, 14:, :14] = corner[2, :14, 14:] = 200
    images = np.uint8(np.clip(corner[kind] + rng.normal(30, 10, (90, 28, 28, 1)), 0, 255))
    parts = [{"image": part, "label": np.zeros(len(part), np.int32)} for part in (images[:60], images[60:])]
    examples = data.clustered(data.Examples(parts[0], {"label": ("one",)}, parts[1]), 3)
    found = np.concatenate([examples.arrays["cluster"], examples.held_out["cluster"]])
    pairs = set(zip(kind.tolist(), found.tolist()))
    assert len(pairs) == 3 and {group for _, group in pairs} == {0, 1, 2}, "one group a kind, held out or not"
    assert examples.classes == {"label": ("one",), "cluster": ("0", "1", "2")} and found.dtype == np.int32
    again = data.clustered(data.Examples(parts[0], {}, parts[1]), 3).arrays["cluster"]
    np.testing.assert_array_equal(again, examples.arrays["cluster"])
    with pytest.raises(ValueError, match="60 images make 2 to 60 groups, not 61"):
        data.clustered(examples, 61)


def test_groups_come_from_images_as_they_were_taken_and_go_to_all():
    images = np.uint8([[[[0]]], [[[250]]], [[[120]]], [[[130]]]]).repeat(28, axis=1).repeat(28, axis=2)
    examples = data.clustered(data.Examples({"image": images}, real=2), 2)
    assert len(set(examples.arrays["cluster"][:2].tolist())) == 2 and len(examples.arrays["cluster"]) == 4
    assert examples.held_out is None
