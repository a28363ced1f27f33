"""Presets: a trained network in a folder, with what it was trained on and how well it does."""

import builtins
import json
import os
from pathlib import Path

import h5py
import keras
import numpy as np
import tensorflow as tf

from tfgan_zoo import networks
from tfgan_zoo.data import replacing
from tfgan_zoo.zoo import catalogue, downloading
from tfgan_zoo.zoo.folders import CONFIG, METADATA, WEIGHTS, PresetError, bundled, cache, sha256

DEFAULT = "resunet_photo"


def list() -> builtins.list[str]:
    """Names of the presets that come with the package."""
    return sorted(path.parent.name for path in bundled().glob(f"*/{METADATA}"))


def find(name: str | os.PathLike) -> Path:
    """The folder of a preset, by its path or by its name: in the package, in the cache, or downloaded.

    A string that is the name of one of the package's presets means that one; a folder of that name
    here is "./NAME" or Path("NAME").

    Returns:
        The folder, absolute.

    Raises:
        PresetError: if there is none, and the message names the nearest; if it cannot be
            downloaded, see `download`.
    """
    if isinstance(name, str) and name in list():
        return bundled() / name
    if (Path(name) / METADATA).is_file():
        return Path(name).absolute()
    if folder := downloading.find(str(name)):
        return folder
    if Path(name).is_dir():
        raise PresetError(f"{name} is a folder without {METADATA}: no preset")
    known = sorted({*list(), *catalogue.names()})
    raise PresetError(f"there is no preset {name}{downloading.near(str(name), known)}")


def metadata(name: str | os.PathLike) -> dict:
    """What metadata.json of a preset holds."""
    path = find(name) / METADATA
    try:
        facts = json.loads(path.read_text())
    except (RecursionError, ValueError) as error:
        raise PresetError(f"{path} is not JSON: {error}") from error
    if not isinstance(facts, dict) or not isinstance(facts.get("files"), dict) or "parameters" not in facts:
        raise PresetError(f"{path} does not say the preset's files and parameters")
    if missing := {CONFIG, WEIGHTS} - set(facts["files"]):
        raise PresetError(f"{path} has no sha256 of {', '.join(sorted(missing))}")
    return facts


def verify(folder: Path) -> dict:
    """What metadata.json of a preset's folder holds, if its files are those that it describes.

    Raises:
        PresetError: if one is missing or another.
    """
    facts = metadata(folder)
    for file in (CONFIG, WEIGHTS):
        if not (folder / file).exists():
            raise PresetError(f"{folder / file} is missing")
        if (found := sha256(folder / file)) != facts["files"][file]:
            raise PresetError(f"{folder / file} has sha256 {found}, metadata.json says {facts['files'][file]}")
    return facts


def load(name: str | os.PathLike, dtype: str = "float32") -> keras.Model:
    """Loads a preset's network; no code from its files is run.

    Args:
        name: of a preset, which is downloaded if need be, or the path of a preset's folder.
        dtype: Keras dtype policy to compute with.

    Raises:
        PresetError: unknown name, a file that is missing or whose sha256 is not that of
            metadata.json, an unknown network class, or another number of weights.
    """
    facts = verify(folder := find(name))
    network = _from_config(folder / CONFIG, dtype)
    network.name = folder.resolve().name  # for messages
    if network.count_params() != facts["parameters"]:
        raise PresetError(f"{folder} holds {network.count_params()} weights, metadata.json says {facts['parameters']}")
    try:
        network.load_weights(folder / WEIGHTS)
    except (KeyError, OSError, ValueError) as error:
        raise PresetError(f"{folder / WEIGHTS} holds no weights for it: {error}") from error
    return network


def between(name: str | os.PathLike, strength: float) -> keras.Model:
    """A preset at less strength: between the one that it was trained on from, at 0, and itself, at 1.

    Args:
        name: of a preset, or its folder, whose metadata names the other as "trained_from".
        strength: within [0, 1].

    Raises:
        PresetError: as of `load`; a preset that was not trained on from another.
        ValueError: another strength.
    """
    origin = metadata(name).get("trained_from")
    if origin is None:
        raise PresetError(f"{name} was not trained on from another preset: there is nothing between")
    return networks.interpolated(load(origin), load(name), strength)


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
    with replacing.folder(folder, keep=True) as beside:
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
    with replacing.file(path) as beside, h5py.File(path) as source, h5py.File(beside, "w") as target:

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


def annotate(name: str | os.PathLike, **facts) -> None:
    """Adds facts, such as protocol results, to a preset's metadata.json.

    Raises:
        PresetError: as of `metadata`; a preset that was downloaded.
    """
    folder = find(name)
    if folder.resolve().is_relative_to(cache().resolve()):
        raise PresetError(f"{folder} was downloaded and stays as it was published: annotate a copy of it")
    replacing.text(folder / METADATA, json.dumps({**metadata(folder), **facts}, indent=1) + "\n")


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


def _from_config(path: Path, dtype: str) -> keras.Model:
    try:
        stored = _only_networks(json.loads(path.read_text()))
        return _check_class(stored["registered_name"]).from_config({**stored["config"], "dtype": dtype})
    except PresetError:
        raise
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise PresetError(f"{path} describes no network: {error}") from error
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise PresetError(f"{path} describes a network that this machine has no memory for") from error


def _only_networks(part):
    """A config without what Keras's own deserialisation would import or compile but for networks inside networks."""
    if isinstance(part, builtins.list):
        return [_only_networks(one) for one in part]
    if not isinstance(part, dict):
        return part
    if not {"class_name", "registered_name"} & part.keys():
        return {key: _only_networks(one) for key, one in part.items()}
    name = part["registered_name"]
    class_name = _check_class(name).__name__
    config = _only_networks({key: one for key, one in part["config"].items() if key != "dtype"})  # the outer one's
    return {"module": None, "class_name": class_name, "registered_name": name, "config": config}


def _check_class(name: str) -> type:
    """The network class registered under a name, and nothing else."""
    network_class = keras.saving.get_registered_object(name)
    kinds = (networks.RestorationNetwork, networks.Generator, networks.ConvClassifier)
    if not (isinstance(network_class, type) and issubclass(network_class, kinds)):
        raise PresetError(f"{name} is not a registered network; register its class, import its module")
    return network_class
