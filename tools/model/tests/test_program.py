"""The model's own reader and writer of programs, and the page that it was made from."""

import math
import random
import re
import struct

import pytest

from tools.model import emit, vec_program
from tools.model import program as P

PAGE = (emit.ROOT / "protocol" / "plan.md").read_text()


def some_real(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return float(rng.randrange(-9, 10))
    if kind == 1:
        return round(rng.uniform(-100, 100), 3)
    if kind == 2:
        return rng.uniform(-1, 1)
    x = struct.unpack("<d", rng.randbytes(8))[0]
    return x if math.isfinite(x) else 1e22


def some_program(rng):
    p = P.Program(rng.randrange(5))
    slots, of_kind = 1 << p.log_slots, {}
    for kind in [*rng.choices((1, 2, 3), k=4), 1, 2, 3]:
        n = rng.randrange(1, slots + 1)
        count = {1: n, 2: rng.randrange(2, 20), 3: n * slots}[kind]
        re_part = [some_real(rng) for _ in range(count - 1)] + [1.0 + len(p.tables)]
        im = [some_real(rng) for _ in range(count)] if kind != 2 and rng.random() < .5 else None
        basis = int(kind == 2 and rng.random() < .5)
        of_kind[kind] = len(p.tables)
        p.add_table(P.Table(kind, re_part, im, basis, (-1.5, 2.0) if basis else (0.0, 0.0), [i - slots * (i > 0 and rng.random() < .5) for i in rng.sample(range(slots), n)] if kind == 3 else []))
    p.add_operation(P.Operation(1, [], None, (b"x", 0, 1.5)))
    for _ in range(rng.randrange(20)):
        number = rng.randrange(2, 19)
        word, values, kind = P.OPERATIONS[number]
        extra = {"add_const": (some_real(rng), some_real(rng)), "mul_const": (some_real(rng), 0.0), "rotate": (rng.randrange(-1 << 31, 1 << 31),),
                 "inner_sum": (slots, 1), "poly": (rng.randrange(2),), "level": (rng.randrange(64),), "settle": (abs(some_real(rng)) or 1.0,)}.get(word, ())
        reads = [rng.randrange(len(p.operations)) for _ in range(values)]
        p.add_operation(P.Operation(number, reads, of_kind.get(kind), extra))
        if rng.random() < .3:
            p.add_promise(len(p.operations) - 1, abs(some_real(rng)))
    p.add_output('ä "\\'.encode(), rng.randrange(len(p.operations)))
    return p


def test_random_programs_come_back():
    rng = random.Random(11)
    for _ in range(300):
        p = some_program(rng)
        text, binary = P.write_text(p), P.write_binary(p)
        for data in (text, binary):
            back = P.read(data)
            assert (P.write_text(back), P.write_binary(back)) == (text, binary)


@pytest.mark.parametrize("x, text", [(0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.5, "-2.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1e-6, "0.000001"),
                                     (1e-7, "1e-7"), (1.25e-7, "1.25e-7"), (5e-324, "5e-324"), (123456.75, "123456.75"), (100.0, "100"), (0.001, "0.001")])
def test_reals_are_written_as_the_page_says(x, text):
    assert P.real_text(x) == text and float(text) == x


def test_every_status_and_every_refusal_of_a_name_is_there():
    cases = vec_program.cases()
    assert {c["status"] for c in cases} == {0, P.FORMAT, P.VERSION, P.CHECKSUM, P.TRUNCATED}
    assert len({c["name"] for c in cases}) == len(cases)


def test_the_page_shows_programs_as_they_are_written():
    blocks = [b.strip() + "\n" for b in re.findall(r"^```\n(.*?)^```", PAGE, re.M | re.S)]
    programs = [b.encode() for b in blocks if b.startswith("jfp 1")]
    assert len(programs) == 2 and programs[1] == vec_program.MEAN
    for text in programs:
        assert P.write_text(P.read(text)) == text


def test_the_page_shows_the_bytes():
    binary = P.write_binary(P.read(vec_program.MEAN))
    shown = re.findall(r"^([0-9a-f]{3})  ((?:[0-9a-f]{2} {0,2})+)", PAGE, re.M)
    assert b"".join(bytes.fromhex(row) for _, row in shown) == binary
    assert [int(at, 16) for at, _ in shown] == list(range(0, len(binary), 16))


def test_the_page_lists_the_operations():
    rows = re.findall(r"^\| ([\d, ]+) \| (`[^|]*`) \|", PAGE, re.M)
    table = {int(n): w.strip(" `") for numbers, words in rows for n, w in zip(numbers.split(","), words.split(","), strict=True)}
    assert table == {n: row[0] for n, row in P.OPERATIONS.items()}
