"""Networks made of another network."""

import keras


def revived(config: dict, name: str) -> dict:
    """The config of a network with the one inside it made again, in the dtype policy of the outer one.

    Args:
        config: of the outer network.
        name: of the entry that holds the inner one, serialized.
    """
    inside = dict(config[name])
    inside["config"] = {**inside["config"], "dtype": config.get("dtype", inside["config"].get("dtype"))}
    return {**config, name: keras.saving.deserialize_keras_object(inside)}
