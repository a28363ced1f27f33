"""Questions to web servers, and patience with those that fail."""

import contextlib
import os
import random
import re
import time
from collections.abc import Callable, Iterator

import requests

from tfgan_zoo import addresses
from tfgan_zoo.zoo.folders import PresetError
from tfgan_zoo.zoo.sources import Location

ATTEMPTS = 5
"""After so many in a row that brought nothing it is given up."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds between attempts: doubled each time, up to the longest."""
TIMEOUT = (10.0, 60.0)
"""Seconds to wait for a connection, and for the next bytes."""
CHUNK = 2**16
"""Bytes that are read at once."""

_AGAIN = (408, 425, 429, 500, 502, 503, 504)


class MissingError(PresetError):
    """A file that is not where it should have been published."""


class TransientError(Exception):
    """What may go better another time; `pause` are seconds that the server asks for."""

    def __init__(self, reason: str, pause: float = 0.0):
        super().__init__(reason)
        self.pause = pause


def offline() -> bool:
    """Whether TFGAN_ZOO_OFFLINE forbids the network."""
    return os.environ.get("TFGAN_ZOO_OFFLINE", "") not in ("", "0")


def patiently(attempt: Callable, have: Callable[[], int], location: Location):
    """What `attempt()` returns, tried again after ever longer pauses while it raises `TransientError`.

    Args:
        attempt: called without arguments.
        have: number of bytes that are there; as long as it grows nothing is given up.
        location: for the message.

    Raises:
        PresetError: after ATTEMPTS in a row that brought nothing.
    """
    failures, most = 0, have()
    while True:
        try:
            return attempt()
        except TransientError as error:
            failures, most = (1, have()) if have() > most else (failures + 1, most)
            if failures >= ATTEMPTS:
                raise PresetError(f"{location} cannot be read, tried {failures} times: {error}") from error
            pause = FIRST_PAUSE * 2 ** (failures - 1) * random.uniform(0.5, 1)
            time.sleep(min(max(pause, error.pause), LONGEST_PAUSE))


@contextlib.contextmanager
def ask(location: Location, start: int = 0) -> Iterator[requests.Response]:
    """An answer of status 200, 206 or 416 to a question for a file's bytes from `start` on.

    Raises:
        MissingError: if the file is not there.
        TransientError: if another attempt may help; also when reading breaks off.
        PresetError: for anything else, and where TFGAN_ZOO_OFFLINE forbids the network.
    """
    if offline():
        raise PresetError(f"TFGAN_ZOO_OFFLINE is set, and {location} is on the network")
    headers = {**location.headers, "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        proxies = addresses.proxies(location.url)
        with requests.get(location.url, headers=headers, proxies=proxies, stream=True, timeout=TIMEOUT) as response:
            _check_status(response, location)
            yield response
    except requests.exceptions.SSLError as error:
        if "CERTIFICATE_VERIFY_FAILED" not in str(error):  # cut while it was made, say
            raise TransientError(_reason(error)) from error
        raise PresetError(f"{location} has no safe connection: {_reason(error)}") from error
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
        raise TransientError(_reason(error)) from error
    except requests.RequestException as error:
        raise PresetError(f"{location} cannot be read: {_reason(error)}") from error


def extent(response: requests.Response) -> tuple[int, int | None]:
    """The first byte that an answer holds, and how many the whole file has, None if it does not say."""
    if response.status_code == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if not found:
            raise TransientError("it does not say which bytes it sent")
        return int(found[1]), None if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() and "Content-Encoding" not in response.headers else None


def _check_status(response: requests.Response, location: Location) -> None:
    status = response.status_code
    if status in (200, 206, 416):
        return
    if status in (404, 410):
        raise MissingError(f"{location} is not there ({status})")
    if status in _AGAIN:
        pause = response.headers.get("Retry-After", "")
        raise TransientError(f"it answers {status} {response.reason}", float(pause) if pause.isdecimal() else 0.0)
    raise PresetError(f"{location} answers {status} {response.reason}")


def _reason(error: Exception) -> str:
    """What lies at the bottom of an error of urllib3's within one of requests'."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", inner)).rpartition(">: ")[2]
