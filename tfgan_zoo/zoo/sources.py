"""Where published presets are: on a web server, in a bucket, in a repository of a hub, or in a folder."""

import dataclasses
import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

from tfgan_zoo import addresses, extras
from tfgan_zoo.zoo.folders import PresetError
from tfgan_zoo.zoo.index import INDEX

_HUB = re.compile(r"hf://(?P<repo>[^/@]+/[^/@]+)(@(?P<revision>[^/@]+))?(/(?P<folder>.*))?")


@dataclasses.dataclass(frozen=True)
class Location:
    """One file to read.

    Attributes:
        url: https or http; None for a file of this machine.
        path: of a file of this machine.
        headers: to ask for `url` with.
    """

    url: str | None = None
    path: Path | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        """The place without what may be secret in a URL: name, password, query."""
        return str(self.path) if self.url is None else public(self.url)


def locate(tree: str, path: str) -> Location:
    """A file of a published tree.

    Args:
        tree: URL of the tree's folder, or of the index in it: https, http, file,
            hf://owner/repository@revision/folder; or a path.
        path: of the file in the tree, with "/".

    Raises:
        PresetError: for any other URL, or for hf where huggingface_hub is not installed.
    """
    if "://" not in tree:
        return Location(path=_below(Path(tree).expanduser(), path))
    scheme = tree.split("://")[0].lower()
    if scheme == "hf":
        return _on_hub(tree, path)
    parts = urlsplit(tree)
    if scheme == "file" and parts.hostname in (None, "localhost"):
        return Location(path=_below(Path(url2pathname(parts.path)), path))
    if scheme in ("https", "http") and parts.hostname and not parts.fragment:
        folder = parts.path.removesuffix(f"/{INDEX}").rstrip("/")
        return Location(url=urlunsplit(parts._replace(path=f"{folder}/{path}")))
    raise PresetError(f"presets come from https://, http://, file:// or hf://owner/repository, not {public(tree)}")


def is_private(url: str) -> bool:
    """Whether nobody on the way can change what is read: over https, or from this machine."""
    return urlsplit(url).scheme == "https" or addresses.is_here(url)


def public(url: str) -> str:
    """A URL without what may be secret in it: name, password, query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", parts.fragment))


def _below(folder: Path, path: str) -> Path:
    return (folder.parent if folder.name == INDEX else folder) / path


def _on_hub(tree: str, path: str) -> Location:
    if not (found := _HUB.fullmatch(tree)):
        raise PresetError(f"{tree} is not hf://owner/repository@revision")
    hub = extras.module("huggingface_hub", "hub", "hf:// addresses", PresetError)
    folder = (found["folder"] or "").removesuffix(INDEX).strip("/")
    path = f"{folder}/{path}" if folder else path
    url = hub.hf_hub_url(found["repo"], path, revision=found["revision"])
    return Location(url=url, headers=hub.utils.build_hf_headers(library_name="tfgan_zoo"))
