"""Where a command writes what it makes."""

from pathlib import Path


def numbered(output: Path, count: int, seed: int) -> list[Path]:
    """One image in a file, or in a folder each in its own, by seed and number.

    Raises:
        ValueError: several images into one file.
    """
    from tfgan_zoo.data import images

    if count == 1 and output.suffix:
        return [output]
    if output.suffix.lower() in images.SUFFIXES:
        raise ValueError(f"{count} images go into a folder, not into {output}")
    return [output / f"{seed}_{number:04d}.png" for number in range(count)]


def single(output: Path, name: str, suffix: str) -> Path:
    """A file of that suffix, named so in `output` where that is a folder.

    Raises:
        ValueError: another suffix.
    """
    path = output if output.suffix else output / f"{name}{suffix}"
    if path.suffix.lower() != suffix:
        raise ValueError(f"{path} must end in {suffix}, or be a folder")
    return path


def refuse_existing(targets, overwrite: bool) -> None:
    """Refuses to replace a file unless told to."""
    if not overwrite and (existing := [target for target in targets if target.exists()]):
        raise ValueError(f"{existing[0]} exists; --overwrite replaces it")
