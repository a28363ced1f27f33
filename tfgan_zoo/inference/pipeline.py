"""Work done ahead in threads, no further than a few items, so that memory stays flat."""

import collections
import concurrent.futures
from collections.abc import Callable, Iterable, Iterator


def ahead(function: Callable, items: Iterable, threads: int = 1, most: int = 2) -> Iterator:
    """Results of a function, in order, worked out in threads before they are asked for.

    An error is raised where its result would have come.

    Args:
        function: that releases the interpreter's lock for most of its time, as libvips and
            FFmpeg do.
        items: its arguments.
        threads: that work at once.
        most: results waiting to be taken.
    """
    pool, waiting = concurrent.futures.ThreadPoolExecutor(threads), collections.deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
