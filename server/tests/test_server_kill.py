"""kill -9 at random moments: no acknowledged write is lost, no blob is corrupt, and the server just starts again."""

import os
import random
import secrets
import time

from killing import Judge, Writer
from serving import Forked

WRITERS = 3
KILLS = 500 if os.environ.get("JFHE_TEST_SLOW") else 10


def test_nothing_acknowledged_is_lost(tmp_path):
    seed = os.environ.get("JFHE_KILL_SEED", secrets.token_hex(4))
    print("seed", seed)
    chance, writers, acknowledged, starts = random.Random(seed), [None] * WRITERS, 0, []
    with Forked(tmp_path) as server:
        grant = server.grant()
        judge = Judge(server, grant)
        for kill in range(KILLS):
            writers = [Writer(server, grant, i, f"{seed}-{kill}", before) for i, before in enumerate(writers)]
            for writer in writers:
                writer.start()
            time.sleep(chance.uniform(0.005, 0.8))
            server.kill()
            for writer in writers:
                writer.stopping.set()
                writer.join(300)
                assert not writer.is_alive()
            acknowledged += sum(w.acknowledged for w in writers)
            begun = time.monotonic()
            server.start()
            starts.append(time.monotonic() - begun)
            judge.accuse(writers)
        print(f"{KILLS} kills, {acknowledged} acknowledged writes, {judge.finished} writes under way were done, "
              f"{len(judge.checked)} blobs checked, start-up {sorted(starts)[len(starts) // 2]:.2f} s median, {max(starts):.2f} s most")
        assert acknowledged > 3 * KILLS, "the test did not get to write"
