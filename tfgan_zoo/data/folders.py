"""Folders that are whole or not there."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replaced(folder: str | os.PathLike, keep: bool = False) -> Iterator[Path]:
    """Gives an empty folder to fill; it takes the place of `folder` at the end, unless an error came.

    A crash between the two renames leaves the old folder under a dot name; if the second fails,
    the old one is put back.

    Args:
        folder: what is made or replaced; its parents are made.
        keep: begins with a copy of the old folder's files.
    """
    folder = Path(folder).resolve()  # what a link points to, not the link
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        if keep and folder.exists():
            shutil.copytree(folder, beside, dirs_exist_ok=True)
        yield beside
        os.chmod(beside, 0o755)
        if folder.exists():
            aside = beside.with_name(beside.name + "-old")
            os.replace(folder, aside)
            try:
                os.replace(beside, folder)
            except OSError:
                os.replace(aside, folder)
                raise
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.replace(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
