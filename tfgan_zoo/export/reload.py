"""Asks a SavedModel, with TensorFlow alone: reload.py FOLDER ASKED.npz ANSWERED.npz, entries named signature/input."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf


def main(folder: str, asked: str, answered: str) -> None:
    """Answers every request of the first file into the second."""
    model, requests, answers = tf.saved_model.load(folder), {}, {}
    with np.load(asked) as file:
        for key in file.files:
            signature, name = key.split("/", 1)
            requests.setdefault(signature, {})[name] = tf.constant(file[key])
    for signature, inputs in requests.items():
        for name, value in model.signatures[signature](**inputs).items():
            answers[f"{signature}/{name}"] = value.numpy().astype("S") if value.dtype == tf.string else value.numpy()
    np.savez(answered, **answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
