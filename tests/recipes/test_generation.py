import dataclasses
import inspect
import json
import struct

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import callbacks, cli, data, evaluation, inference, losses, models, networks, recipes, zoo
from tfgan_zoo.data import images
from tfgan_zoo.recipes.card import write_card
from tfgan_zoo.recipes.generation import GenerationRecipe

SHAPE = (28, 28, 1)


def examples(source):
    read = data.labelled(source, channels=1)
    return data.Examples({"image": read.images, "label": read.labels}, {"label": read.classes})


def model(dtype, seed):
    pair = [
        network(SHAPE, width=4, conditions={"label": 3}, dtype=dtype)
        for network in (networks.DCGANGenerator, networks.DCGANDiscriminator)
    ]
    return models.ConditionalGAN(*pair, losses.Relativistic(), (losses.R1(),), seed=seed)


TINY = GenerationRecipe(
    name="tiny_gan", summary="a test", limits="A test.", examples=examples, model=model, steps=24, batch=8, epoch=4
)


@pytest.fixture(name="mnist")
def _mnist(tmp_path):
    folder = tmp_path / "mnist"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for split in ("train", "t10k"):
        pixels, labels = rng.integers(0, 256, (40, 28, 28), np.uint8), (np.arange(40) % 3).astype(np.uint8)
        for name, array in ((f"{split}-images-idx3-ubyte", pixels), (f"{split}-labels-idx1-ubyte", labels)):
            head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}i", *array.shape)
            (folder / name).write_bytes(head + array.tobytes())
    return folder


def test_training_ends_in_a_generator_with_samples_and_a_card(mnist, tmp_path, monkeypatch):
    preset = recipes.train(TINY, mnist, tmp_path / "run")
    network, facts = zoo.load(preset), zoo.metadata(preset)
    assert isinstance(network, networks.DCGANGenerator) and facts["classes"] == {"label": ["0", "1", "2"]}
    assert facts["training"].pop("minutes") > 0
    assert facts["training"].pop("cores") >= 1
    assert facts["training"] == {"images": 40, "made_of_them": 0, "folder": "mnist", "steps": 24, "seed": 0}
    assert facts["multiply_adds_per_image"] > 1000
    rows = callbacks.Log(tmp_path / "run" / "log.csv").rows()
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5, 6] and "diversity" in rows[4]
    assert (tmp_path / "run" / "samples" / "film.gif").exists()
    monkeypatch.setattr(recipes, "get", lambda name: TINY)
    results = tmp_path / "r.json"
    record = {
        "network": "tiny",
        "weights_sha256": facts["files"]["model.weights.h5"],
        "protocol": "p",
        "data": "d",
        "rules": "ours",
        "extractor_sha256": "e",
        "scores": {"frechet": 1.5},
    }
    results.write_text(json.dumps(record))
    assert "| frechet | 1.500 |" in write_card(preset, [results]).read_text()
    assert images.read(preset / "preview.png").shape[:2] == (6 * 28, 3 * 28)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**record, "weights_sha256": "another's", "scores": {"frechet": 0.5}}))
    best = tmp_path / "best.json"
    best.write_text(json.dumps({**record, "weights_sha256": "a third's", "scores": {"frechet": 2.5}}))
    card = write_card(preset, [results], seeds=[other, best]).read_text()
    assert "| frechet | 1.500 | 0.500 | 2.500 |" in card
    with pytest.raises(ValueError, match=r"the median is published.* 1.5, \[0.5, 0.5\]"):
        write_card(preset, [results], seeds=[other, other])
    other.write_text(json.dumps({**record, "extractor_sha256": "another"}))
    with pytest.raises(ValueError, match="not measured as the preset was"):
        write_card(preset, [results], seeds=[other])


def test_images_without_labels_are_taught_by_groups_that_the_preset_draws_itself(mnist, tmp_path):
    def grouped(dtype, seed):
        pair = [
            network(SHAPE, width=4, conditions={"cluster": 4}, dtype=dtype)
            for network in (networks.DCGANGenerator, networks.DCGANDiscriminator)
        ]
        return models.ConditionalGAN(*pair, losses.Relativistic(), (losses.R1(),), seed=seed)

    recipe = dataclasses.replace(TINY, model=grouped, groups=4)
    preset = recipes.train(recipe, mnist, tmp_path / "run")
    network = zoo.load(preset)
    assert isinstance(network, networks.Mixture) and network.conditions == {} and len(network.shares) == 4
    assert zoo.metadata(preset)["classes"] == {}
    recipe.preview(tmp_path / "preview.png", network, None)
    assert images.read(tmp_path / "preview.png").shape[:2] == (6 * 28, 10 * 28)


def test_a_phones_file_is_calibrated_with_what_it_will_be_asked_for(mnist, tmp_path, monkeypatch, capsys):
    network = networks.DCGANGenerator(SHAPE, 8, width=4, conditions={"label": 3})
    requests = TINY.requests(network, mnist, None)
    assert len(requests) == 96 and {int(inputs["label"][0]) for inputs, _ in requests} == {0, 1, 2}
    assert requests[0][0]["latent"].shape == (1, 8) and requests[0][1] is None
    assert len({inputs["latent"].tobytes() for inputs, _ in requests}) == 96
    preset = zoo.save(network, tmp_path / "tiny_gan", recipe="tiny_gan")
    monkeypatch.setattr(recipes, "get", lambda name: TINY)
    export = ["export", str(preset), "--format", "tflite", "--variants", "int8", "--data", str(mnist)]
    assert cli.main([*export, "-o", str(tmp_path / "out")]) == 0
    assert "distance from the network" in capsys.readouterr().out
    file = inference.TFLiteGenerator(tmp_path / "out" / "tiny_gan" / "tflite" / "tiny_gan_int8.tflite")
    assert inference.generate(file, 2, label=1).shape == (2, *SHAPE)


def test_a_classifiers_file_is_calibrated_with_images_of_its_classes(mnist):
    recipe = recipes.get("fashion_features")
    requests = recipe.requests(networks.ConvClassifier(SHAPE, 10, widths=(4,), features=4), mnist, None)
    assert len(requests) >= 24 and all(inputs["image"].shape == (1, *SHAPE) for inputs, _ in requests)
    assert all(inputs["image"].max() <= 1 for inputs, _ in requests)


@pytest.mark.parametrize("last", [2, 5])
def test_a_killed_run_goes_on_where_it_was(mnist, tmp_path, monkeypatch, last):
    class Fragile(callbacks.Backup):
        def on_epoch_end(self, epoch, logs=None):
            if epoch + 1 > last:
                raise InterruptedError
            self.save()

    whole = recipes.train(TINY, mnist, tmp_path / "whole")
    monkeypatch.setattr(callbacks, "Backup", Fragile)
    with pytest.raises(InterruptedError):
        recipes.train(TINY, mnist, tmp_path / "run")
    monkeypatch.undo()
    again = recipes.train(TINY, mnist, tmp_path / "run", resume=True)
    for one, other in zip(zoo.load(whole).get_weights(), zoo.load(again).get_weights()):
        np.testing.assert_array_equal(one, other)


def test_a_classifier_is_trained_by_its_recipe(mnist, tmp_path):
    recipe = dataclasses.replace(recipes.get("fashion_features"), steps=20, epoch=10, batch=4)
    preset = recipes.train(recipe, mnist, tmp_path / "run")
    assert zoo.load(preset).features(np.zeros((2, *SHAPE), "f")).shape == (2, 128)
    facts = zoo.metadata(preset)
    assert 0 <= facts["held_out_accuracy"] <= 1 and "of the held-out images right" in recipe.origin(facts)
    rows = callbacks.Log(tmp_path / "run" / "log.csv").rows()
    assert 0 <= rows[-1]["val_accuracy"] <= 1 and rows[-1]["loss"] < rows[0]["loss"]


def test_a_classifier_survives_a_keras_file(mnist, tmp_path):
    arrays = data.labelled(mnist, channels=1)
    batches = data.batches({"image": arrays.images, "label": arrays.labels}, 4)
    model = models.Classifier(networks.ConvClassifier(SHAPE, 10))
    model.compile(keras.optimizers.Adam(1e-3))
    model.fit(batches, steps_per_epoch=2, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert int(again.optimizer.iterations.numpy()) == 2
    batch = next(iter(batches))
    assert again.test_on_batch(batch) == model.test_on_batch(batch)
    again.train_on_batch(batch)


CLASSIFIERS = [name for name in recipes.names() if isinstance(recipes.get(name), recipes.ClassificationRecipe)]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_command_of_a_classifiers_card_is_one_that_uses_it(name):
    _, command, other, *options = recipes.get(name).use(name)[0].split()
    assert recipes.get(other).name == other
    if command == "evaluate":
        protocol = evaluation.GENERATION_PROTOCOLS[options[options.index("--protocol") + 1]]
        assert name in (protocol.extractor, protocol.judge)
    else:
        assert command == "train" and f'"{name}"' in inspect.getsource(recipes.get(other).model)


@pytest.mark.parametrize("name", ["gan_fashion", "cgan_fashion", "cgan_flowers", "pix2pix_emoji", "unet_emoji"])
def test_every_generation_recipe_is_whole(name):
    recipe = recipes.get(name)
    assert recipe.name == name and recipe.summary and recipe.steps % recipe.epoch == 0
    made = recipe.model(dtype="mixed_bfloat16", seed=0)
    inputs = {**made.generator.example(2), "image": np.zeros((2, *made.generator.shape), "f")}
    assert made.generator(inputs).shape == inputs["image"].shape
    assert made.discriminator(inputs).shape[0] == 2


def test_emoji_recipes_differ_in_the_discriminator_alone():
    one, other = (recipes.get(name).model(dtype="float32", seed=0) for name in ("pix2pix_emoji", "unet_emoji"))
    assert one.generator.get_config()["widths"] == other.generator.get_config()["widths"]
    assert (one.pixel_weight, one.ema_images) == (other.pixel_weight, other.ema_images)
    assert one.adversarial_weight == 1 and other.adversarial_weight == 0


@pytest.mark.parametrize(
    ("pixels", "paired", "error", "reason"),
    [
        (np.float32, True, ValueError, r'a dictionary of "image" and "label".* got'),
        (np.uint8, False, ValueError, "got uint8"),
        (np.float32, False, tf.errors.InvalidArgumentError, r"images must be in \[0, 1\]"),
    ],
)
def test_a_classifier_takes_dictionaries_of_images_in_0_to_1(pixels, paired, error, reason):
    model = models.Classifier(networks.ConvClassifier(SHAPE, 10))
    model.compile()
    image, label = np.full((4, *SHAPE), 200, pixels), np.arange(4)
    with pytest.raises(error, match=reason):
        model.fit(*([image, label] if paired else [{"image": image, "label": label}]), verbose=0)
