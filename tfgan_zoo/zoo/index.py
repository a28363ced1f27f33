"""The index of published presets: of every file its size and sha256, which decide what is accepted."""

import dataclasses
import hashlib
import json
import os
import re
from pathlib import Path, PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement

import tfgan_zoo
from tfgan_zoo.zoo.folders import METADATA, NETWORK, PresetError, sha256

INDEX = "index.json"
MAX_BYTES = 2**24
"""Of an index: what is longer is none."""

_FORMAT = 1
# What every file system takes, and nothing that means more to one: no "..", no drive, no hidden file.
_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # files of these names Windows opens
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True)
class File:
    """Size in bytes and hexadecimal sha256 of a file."""

    size: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class Entry:
    """A preset in an index.

    Attributes:
        files: by their path below the preset's folder, with "/".
        needs: the versions of tfgan_zoo that it was published for, such as "tfgan_zoo>=0.1.0".
    """

    files: dict[str, File]
    needs: str

    @property
    def version(self) -> str:
        """16 hexadecimal digits that change with the network and with its metadata."""
        return hashlib.sha256("".join(self.files[name].sha256 for name in NETWORK).encode()).hexdigest()[:16]


def paths(folder: Path) -> list[str]:
    """All files below a preset's folder but hidden ones, with "/", sorted.

    Raises:
        PresetError: for a link, or a name that not every file system takes.
    """
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names = [name for name in names if not name.startswith(".")]
        for path in (Path(root) / name for name in folders + names):
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise PresetError(f"{path} is a link or no plain file; a preset holds plain files alone")
        found += [(Path(root) / name).relative_to(folder).as_posix() for name in names]
    _check_paths(found, str(folder))
    return sorted(found)


def describe(folder: Path, before: Entry | None = None) -> Entry:
    """The entry of a preset's folder; one that was published before keeps what it needs."""
    files = {path: File((folder / path).stat().st_size, sha256(folder / path)) for path in paths(folder)}
    _check_whole(files, str(folder))
    entry = Entry(files, f"tfgan_zoo>={tfgan_zoo.__version__}")
    return dataclasses.replace(entry, needs=before.needs) if before and before.version == entry.version else entry


def presets(folder: Path) -> list[Path]:
    """The folders of presets in a folder, or itself if it is one, sorted.

    Raises:
        PresetError: if there are none.
    """
    found = [folder] if (folder / METADATA).exists() else sorted(p.parent for p in folder.glob(f"*/{METADATA}"))
    if not found:
        raise PresetError(f"{folder} holds no preset, which is a folder with {METADATA}")
    return found


def dump(entries: dict[str, Entry]) -> str:
    """The text of an index."""
    stored = {
        name: {"version": entry.version, "needs": entry.needs, "files": _sorted(entry.files)}
        for name, entry in sorted(entries.items())
    }
    return json.dumps({"format": _FORMAT, "presets": stored}, indent=1) + "\n"


def _sorted(files: dict[str, File]) -> dict[str, dict]:
    return {path: dataclasses.asdict(file) for path, file in sorted(files.items())}


def read(path: str | os.PathLike) -> dict[str, Entry]:
    """The presets of an index file, by name.

    Raises:
        PresetError: if it is missing or says what an index must not.
    """
    if not Path(path).is_file():
        raise PresetError(f"there is no index {path}; tfgan-zoo publish writes one")
    return parse(Path(path).read_bytes(), str(path))


def parse(text: bytes, place: str) -> dict[str, Entry]:
    """The presets of an index's text, by name.

    Nothing in it can name a file outside of a preset's folder.

    Args:
        text: UTF-8 JSON.
        place: where it is from, for messages.

    Raises:
        PresetError: if it says what an index must not.
    """
    try:
        stored = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise PresetError(f"{place} is not JSON: {error}") from error
    if not isinstance(stored, dict) or not isinstance(stored.get("presets"), dict):
        raise PresetError(f"{place} is not an index of presets")
    if stored.get("format") != _FORMAT:
        raise PresetError(f"{place} is an index of format {stored.get('format')}; this tfgan_zoo reads {_FORMAT}")
    entries = {}
    for name, entry in stored["presets"].items():
        check_name(name, place)
        entries[name] = _entry(entry, f"{name} in {place}")
    _check_paths(entries, place)
    return entries


def _entry(stored: dict, place: str) -> Entry:
    if not isinstance(stored, dict) or not isinstance(stored.get("files"), dict):
        raise PresetError(f"{place} has no files")
    _check_paths(stored["files"], place)
    files = {}
    for path, file in stored["files"].items():
        size, digest = (file.get("size"), file.get("sha256")) if isinstance(file, dict) else (None, None)
        if type(size) is not int or size < 0 or not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise PresetError(f"{path} of {place} needs a size and a sha256, got {str(file)[:200]}")
        files[path] = File(size, digest)
    _check_whole(files, place)
    entry = Entry(files, _requirement(stored.get("needs"), place))
    if stored.get("version") != entry.version:
        raise PresetError(f"{place} has version {entry.version}, not {str(stored.get('version'))[:100]}")
    return entry


def _requirement(needs, place: str) -> str:
    try:
        if isinstance(needs, str) and Requirement(needs).name == "tfgan_zoo":
            return needs
    except InvalidRequirement:
        pass
    raise PresetError(f"{place} must need versions of tfgan_zoo, such as tfgan_zoo>=0.1.0; got {str(needs)[:100]}")


def check_name(name: str, place: str) -> None:
    """Refuses a preset's name that not every file system takes.

    Raises:
        PresetError: which says `place`.
    """
    if not _PART.fullmatch(name) or _DEVICE.fullmatch(name):
        raise PresetError(f"{place} names {name[:200]!r}: letters, digits, _, - and . alone make a name")


def _check_whole(files: dict[str, File], place: str) -> None:
    if missing := set(NETWORK) - set(files):
        raise PresetError(f"{place} has no {', '.join(sorted(missing))}")


def _check_paths(found, place: str) -> None:
    """Refuses paths that leave their folder, or that are one on a file system that ignores case."""
    files, folders = set(), set()
    for path in found:
        for part in path.split("/"):
            check_name(part, place)
        plain = PurePosixPath(path.lower())
        if str(plain) in files:
            raise PresetError(f"{place} names {path} twice but for case")
        files.add(str(plain))
        folders |= {str(parent) for parent in plain.parents}
    if both := files & folders:
        raise PresetError(f"{place} names {min(both)} as a file and as a folder")
