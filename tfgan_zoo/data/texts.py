"""Text files that are whole or not there."""

import os
from pathlib import Path


def write(path: str | os.PathLike, text: str) -> None:
    """Writes a text file beside its place first, then renames it; an existing one is replaced at once or not at all."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.writing")
    beside.write_text(text)
    os.replace(beside, path)
