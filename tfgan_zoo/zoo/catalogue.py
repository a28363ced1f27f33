"""Which presets are published, and where their files are.

What is accepted the package's own index decides, so that a mirror, which TFGAN_ZOO_URL names,
cannot change it. TFGAN_ZOO_INDEX adds a tree whose own index is trusted: for presets that do not
come with the package. With `#sha256=` and the index's sha256 behind it, that one index is meant.
"""

import hashlib
import os
import re
from pathlib import Path

import filelock

from tfgan_zoo.data import replacing
from tfgan_zoo.zoo.folders import PresetError, bundled, cache
from tfgan_zoo.zoo.index import INDEX, MAX_BYTES, Entry, parse, read
from tfgan_zoo.zoo.sources import Location, locate
from tfgan_zoo.zoo.transfers import fetch_small, writing
from tfgan_zoo.zoo.web import offline


def look_up(name: str, fresh: bool = True) -> tuple[Entry, str] | None:
    """A preset's entry and the tree that its files are in, None if no index knows it.

    Args:
        name: of the preset.
        fresh: reads the index of TFGAN_ZOO_INDEX anew, instead of as it was last seen.

    Raises:
        PresetError: if an index cannot be read.
    """
    if entry := read(bundled() / INDEX).get(name):
        return entry, os.environ.get("TFGAN_ZOO_URL", "")
    own = os.environ.get("TFGAN_ZOO_INDEX", "")
    if own and (entry := _own(own, fresh).get(name)):
        return entry, _parts(own)[0]
    return None


def names(fresh: bool = False) -> list[str]:
    """Names of all presets that the indexes know."""
    own = os.environ.get("TFGAN_ZOO_INDEX", "")
    return sorted({*read(bundled() / INDEX), *(_own(own, fresh) if own else ())})


def _own(own: str, fresh: bool) -> dict[str, Entry]:
    """The presets of TFGAN_ZOO_INDEX, as they are now or, offline too, were when last seen, if ever."""
    tree, pin = _parts(own)
    location = locate(tree, INDEX)
    if location.url is None:
        return _parsed(fetch_small(location, MAX_BYTES), location, pin)
    seen = cache() / f"index-{hashlib.sha256(own.encode()).hexdigest()[:16]}.json"
    if not fresh or (offline() and seen.exists()):
        try:
            return _parsed(seen.read_bytes(), Location(path=seen), pin)
        except (FileNotFoundError, PresetError):  # damaged is as good as never seen
            return {}
    content = fetch_small(location, MAX_BYTES, private=not pin)
    entries = _parsed(content, location, pin)
    _keep(content, seen)
    return entries


def _parts(own: str) -> tuple[str, str]:
    """The tree, and the sha256 that its index must have or ""."""
    tree, mark, pin = own.partition("#sha256=")
    if mark and not re.fullmatch("[0-9a-f]{64}", pin):
        raise PresetError(f"#sha256= in TFGAN_ZOO_INDEX needs 64 hexadecimal digits, got {pin!r}")
    return tree, pin


def _parsed(content: bytes, location: Location, pin: str) -> dict[str, Entry]:
    if pin and (found := hashlib.sha256(content).hexdigest()) != pin:
        raise PresetError(f"{location} has sha256 {found}, TFGAN_ZOO_INDEX says {pin}")
    return parse(content, str(location))


def _keep(content: bytes, seen: Path) -> None:
    with writing(seen):
        seen.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(seen.with_name(f".{seen.name}.lock")):
            replacing.text(seen, content.decode())
