"""Where presets lie on this machine: in the package, and in the user's cache."""

import hashlib
import os
from pathlib import Path

import tfgan_zoo

CONFIG, WEIGHTS, METADATA = "config.json", "model.weights.h5", "metadata.json"
NETWORK = (CONFIG, WEIGHTS, METADATA)
"""The files without which a preset is none."""


class PresetError(ValueError):
    """A preset that does not exist or whose files are not what they should be."""


def bundled() -> Path:
    """The folder of the presets that come with the package."""
    package = Path(tfgan_zoo.__file__).parent
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "exported"


def cache() -> Path:
    """The folder of downloaded presets: TFGAN_ZOO_CACHE, else tfgan_zoo in the user's cache folder."""
    if own := os.environ.get("TFGAN_ZOO_CACHE"):
        return Path(own).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "tfgan_zoo"


def sha256(path: str | os.PathLike) -> str:
    """Hexadecimal sha256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
