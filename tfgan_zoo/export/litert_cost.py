"""What running a TFLite file costs, in a process with LiteRT alone: litert_cost.py FILE INPUTS.npz, prints JSON."""

import json
import resource
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def main(file: str, inputs: str) -> None:
    """Prints milliseconds at one and two threads, memory and what the delegate left over."""
    with np.load(inputs) as stored:
        given = {name: stored[name] for name in stored.files}
    before = _resident()
    interpreter = _ready(file, given, threads=2)
    interpreter.invoke()
    facts = {"memory_mb": round((_resident() - before) / 1e6, 1)}
    # What a delegate took is listed still; what it computes is in the operation that stands for it.
    facts["partitions"] = sum("delegate" in step["op_name"].lower() for step in interpreter._get_ops_details())
    for threads in (1, 2):
        facts[f"milliseconds, {threads} threads"] = _milliseconds(_ready(file, given, threads))
    print(json.dumps(facts))


def _ready(file, inputs, threads):
    interpreter = Interpreter(file, num_threads=threads)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], inputs[detail["name"]])
    return interpreter


def _resident() -> int:
    """Bytes of memory that the process holds, where Linux says so; elsewhere the most it ever held."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _milliseconds(interpreter) -> float:
    """The median of runs over about two seconds, after some to warm up."""
    times, end = [], time.perf_counter() + 2.0
    for _ in range(3):
        interpreter.invoke()
    while len(times) < 5 or (time.perf_counter() < end and len(times) < 200):
        started = time.perf_counter()
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return round(1000 * float(np.median(times)), 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
