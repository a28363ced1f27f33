"""Presets from where they are published, into the user's cache."""

import contextlib
import difflib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import filelock
import tqdm
from packaging.requirements import Requirement

import tfgan_zoo
from tfgan_zoo.zoo import catalogue
from tfgan_zoo.zoo.folders import NETWORK, PresetError, bundled, cache, sha256
from tfgan_zoo.zoo.index import INDEX, MAX_BYTES, Entry, File, parse
from tfgan_zoo.zoo.sources import Location, locate, public
from tfgan_zoo.zoo.transfers import fetch, fetch_small, writing
from tfgan_zoo.zoo.web import MissingError


def download(
    name: str, *, tflite: str | Iterable[str] = (), saved_model: bool = False, everything: bool = False
) -> Path:
    """Brings a preset's network, card and pictures into the cache; what is there already stays.

    Where no tree is named, card and pictures are left out if they are not installed.

    Args:
        name: of the preset.
        tflite: which TFLite files too, by words of their names, such as "int8" or "256_fp16";
            one or several.
        saved_model: the SavedModel too.
        everything: all files.

    Returns:
        The preset's folder: in the cache, or in the package where that has its network and
        nothing else is asked for.

    Raises:
        PresetError: if no index knows it or it has not what is asked for; if a file cannot be
            had, is not what the index says, or does not fit on the disk.
    """
    known = catalogue.look_up(name)
    if not known:
        raise PresetError(f"there is no preset {name} to download{near(name, catalogue.names())}")
    entry, tree = known
    if not (tflite or saved_model or everything) and not _missing(bundled() / name, entry, NETWORK):
        return bundled() / name
    variants = (tflite,) if isinstance(tflite, str) else tuple(tflite)
    paths = sorted(entry.files) if everything else _chosen(name, entry, variants, saved_model)
    if not (tree or everything):
        here = bundled() / name
        paths = [p for p in paths if "/" in p or p in NETWORK or _is(here / p, entry.files[p])]
    return _complete(name, entry, tree, paths)


def find(name: str) -> Path | None:
    """The folder of a preset in the cache, downloaded if it is not there; None if no index knows it."""
    if seen := catalogue.look_up(name, fresh=False):
        folder = _folder(name, seen[0])
        if not _missing(folder, seen[0], NETWORK):
            return folder
    known = catalogue.look_up(name)
    return _complete(name, *known, NETWORK) if known else None


def near(name: str, known: Iterable[str]) -> str:
    """What follows "there is no preset NAME": the nearest name and all."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"{f'; did you mean {close[0]}?' if close else '.'} Known: {', '.join(known) or 'none'}"


def _chosen(name: str, entry: Entry, tflite: tuple[str, ...], saved_model: bool) -> list[str]:
    """Paths of the files that are asked for."""
    chosen = {path for path in entry.files if "/" not in path}
    for variant in tflite:
        found = {path for path in entry.files if path.startswith("tflite/") and _words(variant) <= _words(path)}
        if not any(path.endswith(".tflite") for path in found):
            there = [PurePosixPath(path).name for path in entry.files if path.endswith(".tflite")]
            raise PresetError(f"{name} has no TFLite file of {variant}; there are: {', '.join(there) or 'none'}")
        chosen |= found
    if saved_model:
        found = {path for path in entry.files if path.startswith("saved_model/")}
        if not found:
            raise PresetError(f"{name} has no SavedModel")
        chosen |= found
    return sorted(chosen)


def _words(path: str) -> set[str]:
    return set(re.split(r"[_.-]", PurePosixPath(path).name.lower()))


def _complete(name: str, entry: Entry, tree: str, paths: Iterable[str]) -> Path:
    """The preset's folder, with these files in it."""
    for folder in (bundled() / name, _folder(name, entry)):
        if not _missing(folder, entry, paths):
            return folder
    if not Requirement(entry.needs).specifier.contains(tfgan_zoo.__version__, prereleases=True):
        raise PresetError(f"{name} needs {entry.needs}; this is {tfgan_zoo.__version__}")
    with _locked(folder):
        missing = _missing(folder, entry, paths)  # another process may have brought them
        size = sum(entry.files[path].size for path in missing)
        with tqdm.tqdm(total=size, desc=name, unit="B", unit_scale=True, disable=None) as bar:
            done = 0
            for path in missing:
                source, target = _source(name, entry, tree, path), _target(folder, path)
                try:
                    fetch(source, target, entry.files[path], lambda here, done=done: bar.update(done + here - bar.n))
                except MissingError as error:
                    raise MissingError(f"{error}; {_published(tree, name)}") from error
                done += entry.files[path].size
    return folder


def _folder(name: str, entry: Entry) -> Path:
    return cache() / entry.version / name


def _missing(folder: Path, entry: Entry, paths: Iterable[str]) -> list[str]:
    """Which of the files are not there, or are others."""
    return [path for path in paths if not _is(folder / path, entry.files[path])]


def _is(path: Path, file: File) -> bool:
    return path.is_file() and path.stat().st_size == file.size and sha256(path) == file.sha256


def _source(name: str, entry: Entry, tree: str, path: str) -> Location:
    """Where a file is: in the package, else in the tree."""
    if _is(bundled() / name / path, entry.files[path]):
        return Location(path=bundled() / name / path)
    if not tree:
        raise PresetError(f"{path} of {name} is not on this machine; TFGAN_ZOO_URL must say where it is published")
    return locate(tree, f"{name}/{path}")


def _target(folder: Path, path: str) -> Path:
    """Where a file goes, in a folder that is made."""
    target = folder / path
    if not target.parent.resolve().is_relative_to(cache().resolve()):
        raise PresetError(f"{target.parent} is a link that leads out of the cache")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    return target


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """While this process alone may write in a preset's folder."""
    lock = filelock.FileLock(folder.with_name(f".{folder.name}.lock"))
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=1)
        except filelock.Timeout:
            print(f"waiting for another process that downloads {folder.name}", file=sys.stderr)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _published(tree: str, name: str) -> str:
    """What to do about a file that is not in the tree: which presets are."""
    try:
        there = list(parse(fetch_small(locate(tree, INDEX), MAX_BYTES, private=False), tree))
    except PresetError:
        return f"{public(tree)} has no index either: is it what tfgan-zoo publish wrote?"
    close = difflib.get_close_matches(name, there, n=3, cutoff=0)
    return f"published there: {', '.join(close)}" + ", ..." * (len(there) > 3)
