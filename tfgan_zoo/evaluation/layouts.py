"""Finds the photos of a data set's folder: clean ones alone, or pairs of a degraded and a clean one."""

from collections.abc import Sequence
from pathlib import Path

from tfgan_zoo.data import images

_WHOLE = ("hr", "gtmod12", "original")


def clean_photos(folder: Path, scale: int | None = None) -> list[Path]:
    """The clean photos anywhere below a folder, in order of name.

    Left out are a photo's disparity ("_disp") and its small version ("_LR"); of a photo that is
    there as "_HR", all others: published copies of Set14 and Urban100 hold every method's result;
    beside a folder "HR", "GTmod12" or "original", all other folders; and beside folders
    "image_SRF_2" to "image_SRF_4", those of other scales.

    Args:
        folder: of the data set.
        scale: by which photos are made small, if they are.
    """
    left_out = _other_versions(folder, scale)
    found = [
        path
        for path in images.files(folder)
        if not path.stem.endswith(("_disp", "_LR")) and left_out.isdisjoint(path.parents)
    ]
    whole = {(path.parent, path.stem.removesuffix("_HR")) for path in found if path.stem.endswith("_HR")}
    return [path for path in found if (path.parent, path.stem.rsplit("_", 1)[0]) not in whole or path.match("*_HR.*")]


def _other_versions(folder: Path, scale: int | None) -> set[Path]:
    """Folders whose photos are other versions of those in the folder beside them."""
    left_out = set()
    for place in [folder, *(path for path in folder.rglob("*") if path.is_dir())] if folder.is_dir() else []:
        names = {path.name.lower(): path for path in place.iterdir() if path.is_dir()}
        whole = next((names[name] for name in _WHOLE if name in names), None)
        of_scale = names.get(f"image_srf_{scale}")
        if whole:
            left_out |= set(names.values()) - {whole}
        elif of_scale:
            left_out |= {path for name, path in names.items() if name.startswith("image_srf_")} - {of_scale}
    return left_out


def pairs(folder: Path, layouts: Sequence[tuple[str, str]]) -> list[tuple[Path, Path]]:
    """Degraded and clean files of a data set in pairs of folders anywhere below `folder`, in order of name.

    A clean file is that of the same place and name, or of the name up to its last or its first
    "_", as where one photo has many hazy versions, or of the same number ("rain-001", "norain-001").
    Where the clean folder is missing, clean files are those beside the degraded one.

    Args:
        folder: of the data set.
        layouts: names of the two folders, degraded and clean, in small letters.

    Raises:
        ValueError: a degraded file without a clean one, or two folders side by side that hold files
            of the same names and are no known pair.
    """
    found, known = [], {degraded for degraded, _ in layouts}
    for place in sorted([folder, *(path for path in folder.rglob("*") if path.is_dir())]):
        names = {path.name.lower(): path for path in place.iterdir() if path.is_dir()} if place.is_dir() else {}
        both = next(((names[a], names[b]) for a, b in layouts if a in names and b in names), None)
        alone = next((names[name] for name in names if name in known), None)
        if both:
            found += _matched(*both, images.files(both[1]))
        elif alone:
            found += _matched(alone, place, [path for path in images.files(place) if path.parent == place])
        elif layouts:
            _refuse_unknown(list(names.values()), layouts)
    return found


def _matched(degraded: Path, clean: Path, files: list[Path]) -> list[tuple[Path, Path]]:
    known, found = {_key(path, clean): path for path in files}, []
    for path in images.files(degraded):
        place, name = _key(path, degraded)
        names = (name, name.rsplit("_", 1)[0], name.split("_", 1)[0])
        match = next((known[place, n] for n in names if (place, n) in known), None)
        if match is None:
            raise ValueError(f"{path} has no clean photo in {clean}")
        found.append((path, match))
    return found


def _key(path: Path, folder: Path) -> tuple[Path, str]:
    """A file's place below a folder, and its name without what tells rainy from clean."""
    return path.relative_to(folder).parent, path.stem.lower().removeprefix("no").removeprefix("rain").lstrip("-")


def _refuse_unknown(folders: list[Path], layouts: Sequence[tuple[str, str]]) -> None:
    """Raises for what must be a pair of unknown names: taken for clean, both halves would be degraded anew."""
    seen = {}
    for folder in sorted(folders):
        names = frozenset(path.name for path in folder.iterdir() if path.suffix.lower() in images.SUFFIXES)
        if names and names in seen:
            known = ", ".join(f"{degraded} and {clean}" for degraded, clean in layouts)
            raise ValueError(
                f"{seen[names]} and {folder} hold files of the same names: a pair? Known names of pairs are {known}"
            )
        seen[names] = folder
