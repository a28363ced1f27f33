"""Addresses of this very machine."""

import ipaddress
from urllib.parse import urlsplit


def is_here(url: str) -> bool:
    """Whether a URL's host is this machine, by name or as a loopback address."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxies(url: str) -> dict[str, str]:
    """What requests is to be told of proxies: to this machine there is none on the way, whatever is set."""
    return {"http": "", "https": ""} if is_here(url) else {}
