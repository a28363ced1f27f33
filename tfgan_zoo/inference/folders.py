"""Restores many photos: the next ones are read and the last ones written while the network works."""

import contextlib
import csv
import dataclasses
import functools
import math
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_zoo.data import images
from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.inference.pipeline import ahead
from tfgan_zoo.inference.restoring import KerasRestorer, restore_file

Job = tuple[Path, Path]
"""Source and target."""


@dataclasses.dataclass
class Outcome:
    """What became of one file.

    Attributes:
        source, target: the files.
        width, height: of the source in pixels; 0 if it could not be opened.
        seconds: of work on it, in all threads.
        error: why it failed; empty if it did not.
    """

    source: Path
    target: Path
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    error: str = ""

    @contextlib.contextmanager
    def attempt(self) -> Iterator[None]:
        """Counts the time of what is done inside, and keeps its error instead of raising it."""
        start = time.perf_counter()
        try:
            yield
        except (ValueError, OSError, MemoryError, tf.errors.OpError) as error:
            self.error = " ".join(str(error).split())
        finally:
            self.seconds += time.perf_counter() - start


def restore_files(restorer: KerasRestorer, jobs: Iterable[Job], *, threads: int = 2) -> Iterator[Outcome]:
    """Restores files into files, and says of each, in order, when it is done.

    Targets appear when they are whole, in folders made for them. A file that fails does not stop
    the others. Memory holds a few photos, however many there are; those too large to be held are
    restored as `restore_file` does.

    Args:
        restorer: the network at work.
        jobs: source and target of each.
        threads: that read, and as many that write.
    """
    read = ahead(functools.partial(_read, restorer), jobs, threads, most=threads)
    yield from ahead(_written, (_restored(restorer, *item) for item in read), threads, most=threads)


class Report:
    """A CSV file with a row a file: file, width, height, seconds, status, error; written as it goes.

    Args:
        path: where to; the rows of an earlier run stay, and new ones are added.
        anew: begins it anew instead.

    Raises:
        ValueError: a folder, or a file that is no such report; it stays as it is.
    """

    COLUMNS = ("file", "width", "height", "seconds", "status", "error")

    def __init__(self, path: str | os.PathLike, anew: bool = False):
        if Path(path).is_dir():
            raise ValueError(f"{path} is a folder; a report is a file")
        # Names of files need not be UTF-8.
        self.file = open(path, "a+", newline="", encoding="utf-8", errors="surrogateescape")
        self.writer = csv.writer(self.file)
        self.file.seek(0)
        lines = self.file.readlines()
        rows = csv.DictReader(lines)
        if lines and tuple(rows.fieldnames or ()) != self.COLUMNS:
            self.file.close()
            raise ValueError(f"{path} is no report: its first row is not {','.join(self.COLUMNS)}")
        if anew:
            self.file.truncate(0)
            lines, rows = [], ()
        self.known = {row["file"] for row in rows if row["status"] not in ("failed", None)}
        if not lines:
            self._write(self.COLUMNS)
        elif not lines[-1].endswith("\n"):  # a row that a killed run was at
            self.file.write("\r\n")

    def add(self, outcome: Outcome) -> None:
        """Writes one row."""
        status = "failed" if outcome.error else "restored"
        size = (outcome.width, outcome.height)
        self._write((outcome.source, *size, f"{outcome.seconds:.3f}", status, outcome.error))

    def existed(self, source: Path) -> None:
        """Writes a row for a file that an earlier run restored, if that did not."""
        if str(source) not in self.known:
            self._write((source, "", "", "", "existed", ""))

    def _write(self, row) -> None:
        self.writer.writerow(row)
        self.file.flush()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()


def _read(restorer, job: Job):
    """Opens a photo and decodes it, unless what becomes of it is too large to be held."""
    outcome, picture, pixels = Outcome(*job), None, None
    with outcome.attempt():
        picture = images.Picture(job[0])
        outcome.width, outcome.height = picture.width, picture.height
        shape = restorer.output_shape(picture)
        images.check_target(job[1], picture, shape)
        job[1].parent.mkdir(parents=True, exist_ok=True)
        if math.prod(shape) * np.dtype(picture.dtype).itemsize < images.IN_MEMORY:
            pixels = picture.pixels()
    return outcome, picture, pixels


def _restored(restorer, outcome, picture, pixels):
    """The photo through the network; one too large to be held is written, too."""
    restored = None
    if outcome.error:
        return outcome, picture, restored
    with outcome.attempt():
        if pixels is None:
            restore_file(restorer, outcome.source, outcome.target)
        else:
            restored = np.empty(restorer.output_shape(picture), picture.dtype)
            restorer(ArrayPicture(pixels), restored)
    return outcome, picture, restored


def _written(item) -> Outcome:
    outcome, picture, restored = item
    if restored is not None and not outcome.error:
        with outcome.attempt():
            images.write(outcome.target, restored, like=picture)
    return outcome
