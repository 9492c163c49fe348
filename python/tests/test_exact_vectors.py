"""What is shared with the vault about exact columns: which moduli a table takes (``protocol/vectors/exact``)."""

import json
import types
from pathlib import Path

import pytest

from jupyterfhe.client.tables import result_bits
from jupyterfhe.core import Parameters, integers

CASES = json.loads((Path(__file__).parents[2] / "protocol/vectors/exact/choices.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['preset']}-{c['bits']}")
def test_bits_and_moduli(case):
    params = Parameters.preset(case["preset"])
    specs = [types.SimpleNamespace(lo=lo, hi=hi) for lo, hi in case["bounds"]]
    assert (params.log_n, integers.modulus_bits(params)) == (case["log_n"], case["modulus_bits"])
    assert result_bits(params, specs, case["rows"]) == case["bits"]
    assert list(integers.moduli(params, case["bits"])) == case["moduli"]
