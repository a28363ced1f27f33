import dataclasses

import numpy as np
import pytest
from scipy import ndimage

from tfgan_zoo import data, evaluation, metrics, networks, zoo
from tfgan_zoo.evaluation import generation, generation_protocols
from tfgan_zoo.networks.conditional import Generator

SHAPE, CLASSES = (28, 28, 1), 3


@pytest.fixture(name="protocol")
def _protocol(tmp_path, monkeypatch):
    """A protocol whose extractor sees the brightness: class n is about n / 3 bright."""
    extractor = networks.ConvClassifier(SHAPE, CLASSES, widths=(8,), features=8)
    monkeypatch.setattr(extractor, "features", lambda x, training=None: _brightness(x))
    monkeypatch.setattr(extractor, "last", lambda x: -np.abs(x[:, :1] - (np.arange(CLASSES) + 0.5) / CLASSES))
    load = zoo.load
    monkeypatch.setattr(zoo, "load", lambda name: extractor if name == "eye" else load(name))

    def examples(source):
        rng = np.random.default_rng(0)
        parts = []
        for count in (60, 60):
            label = np.arange(count) % CLASSES
            image = 256 / CLASSES * (label[:, None, None, None] + rng.uniform(0.1, 0.9, (count, *SHAPE)))
            parts.append({"image": image.astype(np.uint8), "label": label})
        return data.Examples(parts[0], {"label": ("dark", "gray", "light")}, parts[1])

    return evaluation.GenerationProtocol("p", "eye", examples, "rules", count=60, judge="eye")


def _brightness(images):
    images = np.asarray(images)
    return np.stack([images.mean(axis=(1, 2, 3)), images.std(axis=(1, 2, 3))], axis=1)


class Fake(Generator):
    """Gives images of the brightness of the label, or always of the first."""

    obeys = True

    def call(self, inputs, training=None):
        label = (
            np.asarray(inputs["label"])
            if "label" in self.conditions and self.obeys
            else np.zeros(len(inputs["latent"]))
        )
        noise = np.random.default_rng(1).uniform(0.1, 0.9, (len(label), *SHAPE))
        return ((label[:, None, None, None] + noise) / CLASSES).astype("f")


def test_a_generator_that_obeys_scores_as_the_data_do(protocol):
    network = Fake(SHAPE, 8, conditions={"label": CLASSES})
    scores = evaluation.evaluate_generator(network, protocol, "")
    assert scores["frechet"] == pytest.approx(scores["frechet, floor"], abs=1e-3)
    assert scores["coverage, gray"] > 0.7 and scores["coverage, gray, floor"] > 0.7
    assert scores["gan_test"] == 1 and scores["gan_test, light"] == 1 and scores["classes"] < 0.05


def test_scores_and_floors_are_of_as_many_images(protocol):
    """With few held out, a perfect generator must not beat them by showing more."""

    def few(source):
        examples = protocol.examples(source)
        return dataclasses.replace(examples, held_out={name: v[:15] for name, v in examples.held_out.items()})

    network = Fake(SHAPE, 8, conditions={"label": CLASSES})
    scores = evaluation.evaluate_generator(network, dataclasses.replace(protocol, examples=few), "")
    whole = evaluation.evaluate_generator(network, protocol, "")
    for name in ("coverage", "coverage, floor"):
        assert scores[name] < whole[name] - 0.2, name
    table = evaluation.scores_text("fake", scores)
    row = next(line for line in table.splitlines() if line.startswith("coverage "))
    assert row.split()[1:] == [f"{scores['coverage']:.3f}", f"{scores['coverage, floor']:.3f}"]
    assert "floor" in table.splitlines()[0] and ", floor" not in table


def test_a_copy_of_what_was_made_of_a_photo_is_memorised(protocol):
    """All that is learnt from counts, though the photos as they were taken alone are what is compared with."""
    network = Fake(SHAPE, 8, conditions={"label": CLASSES})
    made = np.round(255 * np.asarray(network({"label": np.arange(60) % CLASSES, "latent": np.zeros((60, 8))})))

    def examples(source):
        plain = protocol.examples(source)
        both = {"image": np.concatenate([plain.arrays["image"], made.astype(np.uint8)])}
        both["label"] = np.tile(plain.arrays["label"], 2)
        return dataclasses.replace(plain, arrays=both, real=60)

    before = evaluation.evaluate_generator(network, protocol, "")
    after = evaluation.evaluate_generator(network, dataclasses.replace(protocol, examples=examples), "")
    for name in ("memorisation", "memorisation, pixels"):
        assert before[name] < 0.3 and after[name] == 1
    assert before["frechet"] == after["frechet"]


def test_classes_are_named_only_where_a_judge_knows_them(protocol):
    network = Fake(SHAPE, 8, conditions={"label": CLASSES})
    scores = evaluation.evaluate_generator(network, dataclasses.replace(protocol, judge=None), "")
    assert "classes" not in scores and "gan_test" not in scores and "recall" in scores


def test_repeated_real_images_do_not_hide_a_collapse():
    rng = np.random.default_rng(0)
    real = rng.standard_normal((200, 4))
    real[100:104] = real[100]
    assert generation._support(real, rng.standard_normal((200, 4))) > 0.3
    assert generation._support(real, np.tile(real[:1], (200, 1))) < 0.01


def test_a_generator_of_one_kind_is_found_out(protocol):
    network = Fake(SHAPE, 8, conditions={"label": CLASSES})
    network.obeys = False
    scores = evaluation.evaluate_generator(network, protocol, "")
    assert scores["frechet"] > 10 * scores["frechet, floor"] and scores["recall"] < 0.5 and scores["support"] < 0.7
    assert scores["gan_test"] == pytest.approx(1 / 3) and scores["gan_test, light"] == 0
    assert scores["classes"] == pytest.approx(2 / 3, abs=0.05)


class Bands(Generator):
    """A bright band at the label's place, or always at the first one's."""

    obeys = True

    def call(self, inputs, training=None):
        return banded(np.asarray(inputs["label"]) * self.obeys, np.asarray(inputs["latent"])[:, :1])


def banded(label, latent):
    """A band of a brightness of its own: (n, 28, 28, 1)."""
    place = np.arange(28)[None] // 10 == label[:, None]
    return np.tile((place * (0.6 + 0.1 * np.tanh(latent)))[:, None, :, None], (1, 28, 1, 1)).astype(np.float32)


def test_what_a_classifier_learns_from_the_images_is_measured_on_real_ones(protocol):
    label, latent = np.arange(60) % CLASSES, np.random.default_rng(0).standard_normal((60, 1))
    real = {"image": np.uint8(255 * banded(label, latent)), "label": label}
    examples, network = data.Examples(real, {}, real), Bands(SHAPE, 8, conditions={"label": CLASSES})
    found = evaluation.gan_train(network, examples, count=2560, epochs=5)
    assert found["gan_train"] > 0.9 and found["gan_train, floor"] < 0.9, "sixty real ones, seen five times"
    scores = evaluation.evaluate_generator(network, dataclasses.replace(protocol, gan_train=640), "")
    assert 0 <= scores["gan_train"] <= 1 and "gan_train, floor" in scores
    network.obeys = False
    assert evaluation.gan_train(network, examples, count=640, epochs=1)["gan_train"] < 0.6
    with pytest.raises(ValueError, match="label alone"):
        evaluation.gan_train(Bands(SHAPE, 8), examples)


def test_fidelity_is_that_of_what_was_asked_for(protocol):
    seen = {}

    def fidelity(images, asked):
        seen.update(asked)
        return {"fidelity": float(images.mean())}

    kind = {"image_of": (28, 28, 1)}
    network = networks.UNetGenerator((28, 28, 1), widths=(4, 8), conditions=kind)
    examples = protocol.examples("")
    for arrays in (examples.arrays, examples.held_out):
        arrays["image_of"] = 255 - arrays["image"]
    changed = dataclasses.replace(protocol, examples=lambda source: examples, fidelity=fidelity)
    scores = evaluation.evaluate_generator(network, changed, "")
    assert scores["fidelity"] > 0 and "gan_test" not in scores
    np.testing.assert_array_equal(seen["image_of"], examples.held_out["image_of"])


def test_a_generator_of_something_else_is_refused(protocol):
    with pytest.raises(ValueError, match="images of"):
        evaluation.evaluate_generator(networks.DCGANGenerator((32, 32, 1), 8, width=4), protocol, "")
    with pytest.raises(ValueError, match="cannot set color"):
        network = networks.DCGANGenerator(SHAPE, 8, width=4, conditions={"color": (3,)})
        evaluation.evaluate_generator(network, protocol, "")


def test_fidelity_to_outline_and_colour_is_zero_for_the_image_itself():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (3, 16, 16, 3)).astype(np.uint8)
    asked = {"outline": data.conditions.outline(images), "color": data.conditions.dominant_color(images)}
    asked["opacity"] = np.ones((3, 16, 16), np.float32)
    found = generation_protocols._drawn(images, asked)
    assert found["outline_error"] == found["color_error"] == 0 < found["color_error, blind"]
    assert generation_protocols._drawn(255 - images, asked)["color_error"] > 0.01


@pytest.mark.skipif("fashion_features" not in zoo.list(), reason="needs the preset fashion_features")
def test_the_extractor_ranks_corruptions_as_the_field_does(shared):
    """The floor < few images over and over < a class dropped < blur < noise (the anchors' table, at half its size)."""
    extractor, examples = zoo.load("fashion_features"), data.fashion_mnist(shared / "fashion_mnist")
    rng, test = np.random.default_rng(0), examples.held_out["image"]
    real = data.features(examples.taken()["image"][::12], extractor.features)
    blurred = np.stack([ndimage.uniform_filter(image[..., 0].astype(float), 3)[..., None] for image in test[:5000]])
    noisy = test[:5000] + 0.2 * 255 * rng.standard_normal((5000, 28, 28, 1))
    corrupted = {
        "none": test[:5000],
        "few": test[rng.integers(0, 500, 5000)],
        "dropped": test[examples.held_out["label"] != 8][:5000],
        "blur": blurred,
        "noise": noisy,
    }
    scores = [
        metrics.frechet_distance(real, data.features(np.uint8(np.clip(np.round(x), 0, 255)), extractor.features))
        for x in corrupted.values()
    ]
    assert scores == sorted(scores), dict(zip(corrupted, scores))
    assert scores[1] > 3 * scores[0] and scores[3] > 3 * scores[2]


def test_every_protocols_fidelity_is_exact_for_what_was_asked_for():
    """Blooms and drawings of one colour, asked for as they are."""
    rng = np.random.default_rng(0)
    color = rng.uniform(0.3, 0.9, (6, 3)).astype(np.float32)
    color[:, 1] = 0.2  # no bloom is green
    images = np.uint8(np.round(255 * np.broadcast_to(color[:, None, None], (6, 64, 64, 3))))
    asked = {"color": color, "outline": np.full((6, 64, 64, 1), 255, np.uint8), "opacity": np.ones((6, 64, 64), "f")}
    for name in ("flowers-prdc", "emoji-fd"):
        found = evaluation.GENERATION_PROTOCOLS[name].fidelity(images, asked)
        assert found["color_error"] < 0.02 < found["color_error, blind"]


@pytest.mark.parametrize("name", ["flowers-prdc", "emoji-fd"])
def test_fidelity_is_left_out_where_nothing_was_asked_for(name, protocol):
    """Of a generator of ones own, without conditions or with labels alone, the rest is measured all the same."""
    whole = evaluation.GENERATION_PROTOCOLS[name]
    changed = dataclasses.replace(protocol, fidelity=whole.fidelity, reads=whole.reads)
    for conditions in ({}, {"label": CLASSES}):
        scores = evaluation.evaluate_generator(Fake(SHAPE, 8, conditions=conditions), changed, "")
        assert scores["frechet"] >= 0 and "color_error" not in scores
