"""What lies in exported/ for servers and phones is of the preset beside it, and computes what it does."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import inference, zoo
from tfgan_zoo.export import invocation, requests, saved_model

EXPORTED = Path(__file__).resolve().parents[2] / "exported"


def relative(path):
    return str(path.relative_to(EXPORTED))


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in EXPORTED.glob("*/saved_model/*/saved_model.pb")), ids=relative
)
def test_a_saved_model_is_equal_to_its_preset(folder):
    saved_model.prove(zoo.load(folder.parents[1]), folder)


@pytest.mark.parametrize("file", sorted(EXPORTED.glob("*/tflite/*.tflite")), ids=relative)
def test_a_file_for_phones_is_of_its_preset(file):
    preset, loaded = file.parents[1], inference.tflite.TFLiteFile(file)
    facts = zoo.metadata(preset)
    assert loaded.about["weights_sha256"] == facts["files"]["model.weights.h5"]
    assert file.name in facts["tflite"], "its card has its numbers"
    network, image = zoo.load(preset), loaded.inputs.get("image")
    sides = image["shape"][1:3] if image else (0, 0)  # a generator's are its own
    for request in requests.examples(network, sides):
        expected = invocation.run(network, {name: tf.constant(value) for name, value in request.items()})
        for name, value in loaded(**request).items():
            assert np.sqrt(np.mean((value - np.asarray(expected[name])) ** 2)) < 0.03
