"""Files and folders that are whole or not there: written beside their place, then renamed."""

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def file(path: str | os.PathLike) -> Iterator[Path]:
    """Gives a path to write to, of the same suffixes; the file takes the place of `path`, unless an error came.

    Args:
        path: what is made or replaced; its parents are made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # With its suffixes; a name that is as long as names may be could not be made longer.
    beside = path.with_name(f".{uuid.uuid4().hex[:8]}{path.name[-12:]}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def text(path: str | os.PathLike, content: str) -> None:
    """Writes a text file; an existing one is replaced at once or not at all."""
    with file(path) as beside:
        beside.write_text(content)


@contextlib.contextmanager
def folder(path: str | os.PathLike, keep: bool = False) -> Iterator[Path]:
    """Gives an empty folder to fill; it takes the place of `path` at the end, unless an error came.

    A crash between the two renames leaves the old folder under a dot name; if the second fails,
    the old one is put back.

    Args:
        path: what is made or replaced; its parents are made.
        keep: begins with a copy of the old folder's files.
    """
    path = Path(path).resolve()  # what a link points to, not the link
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        if keep and path.exists():
            shutil.copytree(path, beside, dirs_exist_ok=True)
        yield beside
        os.chmod(beside, 0o755)
        if path.exists():
            aside = beside.with_name(beside.name + "-old")
            os.replace(path, aside)
            try:
                os.replace(beside, path)
            except OSError:
                os.replace(aside, path)
                raise
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.replace(beside, path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
