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
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = {f"milliseconds, {threads} threads": _milliseconds(file, given, threads) for threads in (2, 1)}
    facts["memory_mb"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1)
    interpreter = Interpreter(file)
    interpreter.allocate_tensors()
    # What a delegate took is listed still; what it computes is in the operation that stands for it.
    facts["partitions"] = sum("delegate" in step["op_name"].lower() for step in interpreter._get_ops_details())
    print(json.dumps(facts))


def _milliseconds(file, inputs, threads) -> float:
    """The median of runs over about two seconds, after some to warm up."""
    interpreter = Interpreter(file, num_threads=threads)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], inputs[detail["name"]])
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
