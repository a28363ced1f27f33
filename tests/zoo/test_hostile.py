"""Presets made to run code or to read what is not theirs: none of it happens, from a folder and over the network."""

import json
import marshal
import pickle

import h5py
import keras
import numpy as np
import pytest

from tfgan_zoo import networks, zoo
from tfgan_zoo.zoo import index


@pytest.fixture(name="mark")
def _mark(tmp_path):
    """A file that hostile code would make."""
    path = tmp_path / "mark"
    yield path
    assert not path.exists()


@pytest.fixture(name="preset")
def _preset(tmp_path):
    inner = networks.DCGANGenerator((8, 8, 1), 6, width=4, conditions={"kind": 3})
    return zoo.save(networks.Mixture(inner, (0.5, 0.25, 0.25)), tmp_path / "presets" / "evil")


def change(folder, file, content):
    """Another content, with everything that vouches for it: whoever makes a preset can do so."""
    (folder / file).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    facts = json.loads((folder / "metadata.json").read_text())
    facts["files"][file] = zoo.presets.sha256(folder / file)
    (folder / "metadata.json").write_text(json.dumps(facts))


def refused(folder, said, published, monkeypatch):
    """From the folder, and from a tree whose index is trusted."""
    with pytest.raises((zoo.PresetError, ValueError), match=said):
        zoo.load(folder)
    zoo.publish(folder, published.tree)
    monkeypatch.setenv("TFGAN_ZOO_INDEX", published.server.url)
    with pytest.raises((zoo.PresetError, ValueError), match=said):
        zoo.load("evil")


class Code:
    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return open, (self.mark, "w")


@pytest.mark.parametrize("file", ["config.json", "model.weights.h5"])
def test_a_pickle_is_not_opened(preset, mark, file, published, monkeypatch):
    pickle.loads(pickle.dumps(Code(mark))).close()
    assert mark.exists()  # that is what it would do
    mark.unlink()
    change(preset, file, pickle.dumps(Code(mark)))
    refused(preset, f"{file}.* (describes no network|holds no weights)", published, monkeypatch)
