"""One file from where it is published, whole and checked or not at all."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tfgan_zoo.zoo.folders import PresetError, sha256
from tfgan_zoo.zoo.index import File
from tfgan_zoo.zoo.sources import Location, is_private, public
from tfgan_zoo.zoo.web import CHUNK, MissingError, TransientError, ask, extent, patiently


def fetch(location: Location, target: Path, file: File, progress: Callable[[int], None]) -> None:
    """Brings a file: written beside `target`, checked, renamed.

    What a broken transfer left is gone on with, by this process or a later one.

    Args:
        location: from where.
        target: to where, in a folder that exists and that no other process writes in.
        file: what it must be.
        progress: called with the number of bytes that are there.

    Raises:
        MissingError: if it is not there.
        PresetError: if it is another file, which is deleted; if it cannot be reached; if it
            does not fit on the disk.
    """
    part = target.with_name(f".{target.name}.part")
    with writing(target):
        try:
            if part.is_symlink() or _size(part) > file.size:
                part.unlink()
            resumed = _size(part) > 0
            _bring(location, part, file.size, progress)
            if resumed and sha256(part) != file.sha256:  # its beginning may have been of another file
                part.unlink()
                _bring(location, part, file.size, progress)
            if (found := sha256(part)) != file.sha256:
                part.unlink()
                raise PresetError(f"{location} has sha256 {found}, the index says {file.sha256}; it was deleted")
            os.replace(part, target)
        except OSError:
            part.unlink(missing_ok=True)  # leaves room on a full disk
            raise


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says of an error of the file system what can be done about it."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PresetError(f"the disk is full: there is no room for {path}") from error
        raise PresetError(f"{path} cannot be written: {error}; TFGAN_ZOO_CACHE names another folder") from error


def fetch_small(location: Location, limit: int, private: bool = True) -> bytes:
    """A small file's content.

    Args:
        location: from where.
        limit: bytes that it may have.
        private: refuses what others could have changed on the way, see `sources.is_private`.

    Raises:
        MissingError: if it is not there.
        PresetError: if it cannot be reached, is longer, or is not private.
    """
    if location.url is None:
        with _open(location) as stream:
            content = stream.read(limit + 1)
    else:
        content = patiently(lambda: _content(location, limit, private), lambda: 0, location)
    if len(content) > limit:
        raise PresetError(f"{location} is longer than {limit} bytes")
    return content


def _content(location: Location, limit: int, private: bool) -> bytes:
    if private:
        _check_private([location.url])
    with ask(location) as response:
        if private:
            _check_private([answer.url for answer in (*response.history, response)])
        content = b""
        for chunk in response.iter_content(CHUNK):
            content += chunk
            if len(content) > limit:
                break
        return content


def _check_private(urls: list[str]) -> None:
    for url in urls:
        if not is_private(url):
            raise PresetError(f"an index is trusted: it comes over https or with #sha256=, not from {public(url)}")


def _bring(location: Location, part: Path, size: int, progress: Callable[[int], None]) -> None:
    if location.url is not None:
        patiently(lambda: _receive(location, part, size, progress), lambda: _size(part), location)
        return
    with _open(location) as stream:
        have = _write(part, "wb", iter(lambda: stream.read(CHUNK), b""), size, progress)
    if have != size:
        part.unlink()
        raise PresetError(f"{location} has {_bytes(have, size)}, the index says {size}")


def _receive(location: Location, part: Path, size: int, progress: Callable[[int], None]) -> None:
    """One attempt at what is missing of `part`."""
    start = _size(part)
    if part.exists() and start == size:
        return
    with ask(location, start) as response:
        if response.status_code == 416:  # there are no bytes from `start` on
            part.unlink(missing_ok=True)
            raise PresetError(f"{location} is cut: it ends after {start} of {size} bytes")
        first, total = extent(response)
        if total not in (None, size):
            raise PresetError(f"{location} has {total} bytes, the index says {size}")
        if first not in (0, start):
            raise TransientError(f"it sent the bytes from {first} on, asked for those from {start}")
        # A server may ignore from where on, and send all.
        have = _write(part, "ab" if first else "wb", response.iter_content(CHUNK), size, progress)
    if have > size:
        part.unlink()
        raise PresetError(f"{location} has {_bytes(have, size)}, the index says {size}")
    if have < size:
        raise TransientError(f"it ended after {have} of {size} bytes")


def _write(part: Path, mode: str, chunks: Iterable[bytes], size: int, progress: Callable[[int], None]) -> int:
    """How many bytes there are then: more than `size` as soon as one is too much."""
    with open(part, mode) as file:
        have = file.tell()
        for chunk in chunks:
            have += len(chunk)
            if have > size:
                break
            file.write(chunk)
            progress(have)
    return have


def _bytes(have: int, size: int) -> str:
    return f"more than {size} bytes" if have > size else f"{have} bytes"


@contextlib.contextmanager
def _open(location: Location) -> Iterator[BinaryIO]:
    try:
        stream = open(location.path, "rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingError(f"{location} is not there") from error
    except OSError as error:
        raise PresetError(f"{location} cannot be read: {error}") from error
    with stream:
        yield stream


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
