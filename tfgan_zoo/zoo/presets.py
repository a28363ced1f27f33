"""Presets: a trained network in a folder, with what it was trained on and how well it does."""

import builtins
import difflib
import hashlib
import json
import os
from pathlib import Path

import h5py
import keras
import numpy as np
import tensorflow as tf

import tfgan_zoo
from tfgan_zoo import networks
from tfgan_zoo.data import folders, texts

DEFAULT = "resunet_photo"
CONFIG, WEIGHTS, METADATA = "config.json", "model.weights.h5", "metadata.json"


class PresetError(ValueError):
    """A preset that does not exist or whose files are not what they should be."""


def bundled() -> Path:
    """The folder of the presets that come with the package."""
    package = Path(tfgan_zoo.__file__).parent
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "exported"


def list() -> builtins.list[str]:
    """Names of the presets that come with the package."""
    return sorted(path.parent.name for path in bundled().glob(f"*/{METADATA}"))


def find(name: str | os.PathLike) -> Path:
    """The folder of a preset, by its name or by its path.

    Raises:
        PresetError: if there is none; the message names the nearest.
    """
    if Path(name).is_dir() and (Path(name) / METADATA).exists():
        return Path(name)
    if str(name) in list():
        return bundled() / str(name)
    near = difflib.get_close_matches(str(name), list(), n=1, cutoff=0.3)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise PresetError(f"there is no preset {name}{hint or '.'} Known: {', '.join(list()) or 'none'}")


def metadata(name: str | os.PathLike) -> dict:
    """What metadata.json of a preset holds."""
    path = find(name) / METADATA
    try:
        facts = json.loads(path.read_text())
    except ValueError as error:
        raise PresetError(f"{path} is not JSON: {error}") from error
    if not isinstance(facts, dict) or not isinstance(facts.get("files"), dict) or "parameters" not in facts:
        raise PresetError(f"{path} does not say the preset's files and parameters")
    if missing := {CONFIG, WEIGHTS} - set(facts["files"]):
        raise PresetError(f"{path} has no sha256 of {', '.join(sorted(missing))}")
    return facts


def load(name: str | os.PathLike, dtype: str = "float32") -> keras.Model:
    """Loads a preset's network; no code from its files is run.

    Args:
        name: of a bundled preset, or the path of a preset's folder.
        dtype: Keras dtype policy to compute with.

    Raises:
        PresetError: unknown name, a file that is missing or whose sha256 is not that of
            metadata.json, an unknown network class, or another number of weights.
    """
    folder, facts = find(name), metadata(name)
    for file in (CONFIG, WEIGHTS):
        if not (folder / file).exists():
            raise PresetError(f"{folder / file} is missing")
        if (found := sha256(folder / file)) != facts["files"][file]:
            raise PresetError(f"{folder / file} has sha256 {found}, metadata.json says {facts['files'][file]}")
    network = _from_config(json.loads((folder / CONFIG).read_text()), dtype)
    network.name = folder.resolve().name  # for messages
    if network.count_params() != facts["parameters"]:
        raise PresetError(f"{folder} holds {network.count_params()} weights, metadata.json says {facts['parameters']}")
    network.load_weights(folder / WEIGHTS)
    return network


def save(network: keras.Model, folder: str | os.PathLike, *, half: bool = False, **facts) -> Path:
    """Saves a network as a preset: config.json, model.weights.h5 and metadata.json.

    The folder is written beside and renamed. Other files of an existing preset (card, picture,
    exports) stay.

    Args:
        network: built; a `networks.RestorationNetwork`, `networks.Generator` or classifier whose
            class is registered with `keras.saving.register_keras_serializable`.
        folder: of the preset; its last part is the name.
        half: keeps the weights in half precision, which halves the file; `load` gives float32.
        **facts: go into metadata.json, such as training="BSDS500", minutes=120.

    Returns:
        The folder.

    Raises:
        PresetError: if `load` would refuse the network's class.
    """
    _check_class(keras.saving.get_registered_name(type(network)))
    folder = Path(folder)
    # Other files of an existing preset stay.
    with folders.replaced(folder, keep=True) as beside:
        (beside / CONFIG).write_text(json.dumps(_to_config(network), indent=1) + "\n")
        network.save_weights(beside / WEIGHTS)
        if half:
            _halve(beside / WEIGHTS)
        record = {
            "name": folder.name,
            "parameters": network.count_params(),
            **cost(network),
            **facts,
            "files": {file: sha256(beside / file) for file in (CONFIG, WEIGHTS)},
        }
        (beside / METADATA).write_text(json.dumps(record, indent=1) + "\n")
    return folder


def _halve(path: Path) -> None:
    """Rewrites a file of weights in half precision, but for what is too large or too small for that."""
    beside = path.with_name("half.weights.h5")
    with h5py.File(path) as source, h5py.File(beside, "w") as target:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                made = target.require_group(name)
            else:
                value = item[()]
                with np.errstate(over="ignore"):
                    half = np.asarray(value, np.float16) if value.dtype == np.float32 else value
                near = np.allclose(half, value, rtol=1e-3, atol=1e-7)
                # Exponents are much alike: packed after their bytes are sorted, a file is an eighth smaller.
                large = value.size > 4096
                packed = {"compression": "gzip", "shuffle": True, "chunks": value.shape} if large else {}
                made = target.create_dataset(name, data=half if near else value, **packed)
            made.attrs.update(item.attrs)

        target.attrs.update(source.attrs)
        source.visititems(copy)
    os.replace(beside, path)


def annotate(name: str | os.PathLike, **facts) -> None:
    """Adds facts, such as protocol results, to a preset's metadata.json."""
    texts.write(find(name) / METADATA, json.dumps({**metadata(name), **facts}, indent=1) + "\n")


def sha256(path: str | os.PathLike) -> str:
    """Hexadecimal sha256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cost(network: keras.Model, side: int = 256) -> dict[str, float]:
    """Multiply-adds of all convolutions and dense layers.

    Returns:
        {"multiply_adds_per_pixel": of a `side` x `side` image} for restoration, else
        {"multiply_adds_per_image": of one image}.
    """
    if isinstance(network, networks.RestorationNetwork):
        inputs = [tf.TensorSpec((1, side, side, network.channels))]
        inputs += [tf.TensorSpec((1, side, side, 1))] * network.noise_map
        total = _multiply_adds(lambda *x: network(x if len(x) > 1 else x[0]), *inputs)
        return {"multiply_adds_per_pixel": round(total / side**2, 1)}
    if isinstance(network, networks.Generator):
        inputs = tf.nest.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), network.example())
    else:
        inputs = tf.TensorSpec((1, *network.shape))
    return {"multiply_adds_per_image": _multiply_adds(lambda x: network(x, training=False), inputs)}


def _multiply_adds(function, *inputs) -> int:
    total = 0
    for operation in tf.function(function).get_concrete_function(*inputs).graph.get_operations():
        if operation.type == "Conv2D":
            kernel, output = operation.inputs[1].shape, operation.outputs[0].shape
            total += kernel.num_elements() * output[1] * output[2]
        elif operation.type == "Conv2DBackpropInput":
            kernel, small = operation.inputs[1].shape, operation.inputs[2].shape
            total += kernel.num_elements() * small[1] * small[2]
        elif operation.type == "MatMul":
            total += operation.inputs[1].shape.num_elements()
    return total


def _to_config(network) -> dict:
    config = {**network.get_config(), "dtype": "float32"}
    return {"registered_name": keras.saving.get_registered_name(type(network)), "config": config}


def _from_config(stored: dict, dtype: str) -> keras.Model:
    for part in stored["config"].values():  # a network inside another
        if isinstance(part, dict) and "registered_name" in part:
            _check_class(part["registered_name"])
    return _check_class(stored["registered_name"]).from_config({**stored["config"], "dtype": dtype})


def _check_class(name: str) -> type:
    """The network class registered under a name, and nothing else: Keras's own deserialisation imports by name."""
    network_class = keras.saving.get_registered_object(name)
    kinds = (networks.RestorationNetwork, networks.Generator, networks.ConvClassifier)
    if not (isinstance(network_class, type) and issubclass(network_class, kinds)):
        raise PresetError(f"{name} is not a registered network; register its class, import its module")
    return network_class
