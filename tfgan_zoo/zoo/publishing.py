"""Presets laid out so that any web server, bucket or hub's repository serves them."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock

from tfgan_zoo.data import replacing
from tfgan_zoo.zoo import index
from tfgan_zoo.zoo.folders import PresetError, bundled, cache, sha256
from tfgan_zoo.zoo.index import INDEX, Entry
from tfgan_zoo.zoo.presets import verify


def publish(folder: str | os.PathLike, tree: str | os.PathLike | None = None) -> Path:
    """Copies presets into a tree of plain files and writes its index, which is what others are to trust.

    Presets that the tree already has stay, but for those of the same names. Clients hold on to
    the files that their index describes: a tree whose presets change needs another address.

    Args:
        folder: of one preset, or of several.
        tree: made if it does not exist; without it, `folder` is the tree and only gets its index.

    Returns:
        The index's path.

    Raises:
        PresetError: if a preset's files are not those that its metadata.json describes, a name
            does not suit every file system, or one is that of another preset in the package;
            if the tree is within a preset.
    """
    folder = Path(os.path.abspath(folder))
    tree = folder if tree is None else Path(os.path.abspath(tree))
    presets = index.presets(folder)
    if inside := next((preset for preset in presets if tree.is_relative_to(preset)), None):
        raise PresetError(f"{inside} is a preset; its index belongs into the folder above or into another tree")
    with _locked(tree):
        known = index.read(tree / INDEX) if (tree / INDEX).exists() else {}
        entries = {}
        for preset in presets:
            verify(preset)
            entries[preset.name] = index.describe(preset, known.get(preset.name))
        content = index.dump(entries if tree == folder else {**known, **entries})
        index.parse(content.encode(), str(folder))  # as strictly as who reads it
        _check_names(entries, folder)
        if tree != folder:
            for preset in presets:
                for path, file in entries[preset.name].files.items():
                    _copy(preset / path, tree / preset.name / path, file.sha256)
        replacing.text(tree / INDEX, content)
    return tree / INDEX


@contextlib.contextmanager
def _locked(tree: Path) -> Iterator[None]:
    """While no other process of this user adds to the tree; nothing of it is seen there."""
    cache().mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(cache() / f"publish-{hashlib.sha256(str(tree).encode()).hexdigest()[:16]}.lock"):
        yield


def _check_names(entries: dict[str, Entry], folder: Path) -> None:
    """Refuses a preset that nobody would get, since that of the package comes first."""
    ours = {} if folder == bundled() else index.read(bundled() / INDEX)
    for name, entry in entries.items():
        if name in ours and ours[name].version != entry.version:
            raise PresetError(f"the package has another preset {name}, which comes first: rename this one's folder")


def _copy(source: Path, target: Path, digest: str) -> None:
    """Writes beside first; leaves alone what is the same."""
    if target.is_file() and sha256(target) == digest:
        return
    with replacing.file(target) as beside:
        shutil.copyfile(source, beside)
