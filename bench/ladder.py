"""What a ladder costs: its keys, and one product in the ring above beside the same in the data's own ring; processor time, the best of some runs.

    bench/ladder.py [BELOW ABOVE]      stats deep-small (the default) or ml deep-lean
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from jupyterfhe import client
from jupyterfhe.plan import execute
from jupyterfhe.plan.program import DONE, OUTPUT, WANTS, Plan, Run

RUNS = 8


def spent(call):
    """Milliseconds of the processor that a call takes, and what it returns."""
    start = time.process_time()
    out = call()
    return 1000 * (time.process_time() - start), out


def run(plan, ciphertext):
    """One run of a plan of one input and one output."""
    work = Run(plan)
    while (event := work.advance(0)) != DONE:
        if event == WANTS:
            work.lend(0, ciphertext)
        elif event == OUTPUT:
            work.take(0)


def main(below="stats", above="deep-small"):
    """Measure."""
    with tempfile.TemporaryDirectory() as scratch, client.keygen(Path(scratch) / "keys", below, rotations="none") as secret:
        home = Path(scratch) / "keys"
        took, folder = spent(lambda: client.add_ladder(home, secret, above, rotations=[]))
        size = sum(p.stat().st_size for p in folder.iterdir())
        print(f"{above} above {below}: {size / 1e6:.0f} MB of keys without rotations of their own, {took / 1000:.2f} s")
        x = client.encrypt_array(np.linspace(-1, 1, 100), secret, keys=home, bounds=(-1, 1))
        graph = execute.Graph((x * x).values)
        own, program = graph.session, graph.program()
        (_, stored), = graph.leaves
        for session in (own, own.above):
            rung = None if session.reached is None else session.reached.rung()
            plan = Plan(program, session.params, session.keys.need(relin=True), [stored.info], keep_levels=0,
                        bootstrap=session.bootstrap, rung=rung)
            ciphertext = stored.load(own.params)
            print(plan.text, end="")
            print(f"measured {min(spent(lambda: run(plan, ciphertext))[0] for _ in range(RUNS)):.1f} ms\n")  # noqa: B023


main(*sys.argv[1:])
