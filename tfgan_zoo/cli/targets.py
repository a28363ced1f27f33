"""Where a command writes what it makes."""

from pathlib import Path


def numbered(output: Path, count: int, seed: int) -> list[Path]:
    """One image in a file, or in a folder each in its own, by seed and number.

    Raises:
        ValueError: several images into one file.
    """
    from tfgan_zoo.data import images

    a_file = output.suffix and not output.is_dir()
    if count == 1 and a_file:
        return [output]
    if a_file and output.suffix.lower() in images.SUFFIXES:
        raise ValueError(f"{count} images go into a folder, or with --grid into one picture, not into {output}")
    return [output / f"{seed}_{number:04d}.png" for number in range(count)]


def single(output: Path, name: str, *suffixes: str) -> Path:
    """A file of one of the suffixes, named so in `output`, and of the first suffix, where that is a folder.

    Raises:
        ValueError: another suffix.
    """
    path = output if output.suffix and not output.is_dir() else output / f"{name}{suffixes[0]}"
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"{path} must end in {' or '.join(suffixes)}, or be a folder")
    return path


def refuse_folder(path: Path) -> None:
    """Refuses a folder where one file is to be written."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder; a file is to be written")


def folder(path: str) -> Path:
    """A folder to write into, there or not.

    Raises:
        ValueError: a file, or a place below one.
    """
    place = Path(path)
    if blocked := next((p for p in (place, *place.parents) if p.exists() and not p.is_dir()), None):
        raise ValueError(f"{blocked} is a file; a folder to write into is needed")
    return place


def refuse_existing(targets, overwrite: bool) -> None:
    """Refuses to replace a file unless told to."""
    if not overwrite and (existing := [target for target in targets if target.exists()]):
        raise ValueError(f"{existing[0]} exists; --overwrite replaces it")
