"""Every supported function of numpy against numpy, on what Hypothesis draws; docs/numpy.md is made of the same table."""

import os
import sys
import warnings
from pathlib import Path

import cases_approximate
import cases_compare
import cases_elements
import cases_order
import cases_products
import cases_reductions
import cases_shapes
import numpy as np
import pytest
from drawing import Pick
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from table import CASES, names

import jupyterfhe as jf
from jupyterfhe.array import registry
from jupyterfhe.array.approximation.apply import ApproximationWarning

FAMILIES = cases_approximate, cases_compare, cases_elements, cases_order, cases_products, cases_reductions, cases_shapes
SLOW = os.environ.get("JFHE_TEST_SLOW")
EXAMPLES = {False: 300, True: 60, "order": 100} if SLOW else {False: 20, True: 6, "order": 9}  # by whether a case needs the deeper ring
ROOT = Path(__file__).resolve().parents[3]


def agree(lab, got, want, close, operands=0.0):
    """Shape, kind of dtype, and every number within a bound that says something beside the range of result or operands."""
    want = np.asarray(want)
    if not isinstance(got, jf.EncryptedArray):  # nothing encrypted is left in it
        assert np.shape(got) == want.shape and np.allclose(got, want, rtol=1e-15, equal_nan=True)
        return
    assert got.shape == want.shape, (got.shape, want.shape)
    assert (want.dtype.kind == "c") == (got.dtype.kind == "c") and (want.dtype == bool) == (got.dtype == bool), (got.dtype, want.dtype)
    opened = lab.open(got)
    off = np.abs(opened.values.astype(complex) - want.astype(complex))
    assert np.all(off <= opened.error_bound), (off.max(), np.max(opened.error_bound))
    assert np.all(np.asarray(opened.error_probable) <= opened.error_bound)
    if want.size:
        low, high = got.bounds
        reach = max(abs(low), abs(high))
        least, most = (want.min(), want.max()) if want.dtype.kind != "c" else (low, min(np.abs(want).max(), reach * (1 + 1e-12)))
        slack = 1e-12 * max(reach, operands)  # numpy's own rounding
        assert low - slack <= least and most <= max(high, reach * (want.dtype.kind == "c")) + slack, (low, high, least, most)
        if high - low < 1e-6 * operands:  # differences of what is known to be equal
            reach = max(reach, operands)
        assert np.max(opened.error_bound) <= close * reach, (np.max(opened.error_bound), reach)


def unit(operands):
    """Size of what was encrypted, and of its ranges."""
    strips = [s for a in operands if isinstance(a, jf.EncryptedArray) for s in a.strips.flat]
    return max((max(abs(s.gain), s.largest) for s in strips), default=0.0)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_as_numpy(case, labs):
    lab, seen, turns = labs[case.deep], set(), max(len(case.dtypes), case.axes[1] - case.axes[0] + 1)

    @settings(max_examples=-(-EXAMPLES[case.deep] // turns), deadline=None, database=None, derandomize=not SLOW, print_blob=True,
              phases=[Phase.generate, Phase.shrink] if SLOW else [Phase.generate], suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def run(turn, data):
        f, drawn = case.make(Pick(data.draw, case, turn))
        seen.update((d.values.dtype, d.ndim) for d in drawn if not d.public)
        wide = [d.wide for d in drawn]
        sealed = [d.wide if d.public else lab.seal(d.values, **d.options) for d in drawn]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                want = f(*wide)
            except (ValueError, TypeError, ZeroDivisionError) as why:
                with pytest.raises((ValueError, TypeError, ZeroDivisionError)):
                    f(*sealed)
                    pytest.fail(f"numpy refuses with {why!r}; drawn: {drawn}")
                return
        try:
            with jf.options.set(**case.settings):
                got = f(*sealed)
            agree(lab, got, want, case.close, unit(sealed))
        except BaseException as why:
            why.add_note(f"drawn: {drawn}")
            raise
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ApproximationWarning)
        for turn in range(turns):
            run(turn)
    assert {axes for _, axes in seen} <= set(range(case.axes[0], case.axes[1] + 1)), "axes are drawn that the table does not name"
    assert {str(dtype) for dtype, _ in seen} == set(case.dtypes), "the table names dtypes that were not drawn"
    assert {axes for _, axes in seen} >= set(case.axes), "the table names axes that were not drawn"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_examples(case, labs, rng):
    sealed, public = names(rng, 20)
    space = {"np": np, **{k: labs[case.deep].seal(v) for k, v in sealed.items()}, **public}
    with np.errstate(all="ignore"), jf.options.set(**case.settings):
        agree(labs[case.deep], eval(case.example, space), eval(case.example, {"np": np, **sealed, **public}), case.close, 1.0)
    for words, expression in case.refused.items():
        with pytest.raises(jf.Refused) as why:
            eval(expression, space)
        assert len(str(why.value)) > 40, words


EXACT = {np.isin}  # of exact integers alone: python/tests/test_exact_arrays.py


def test_every_function_is_in_the_table():
    known = {case.theirs for case in CASES.values()} | EXACT
    missing = [f.__name__ for f in {**registry.FUNCTIONS, **registry.UFUNCS} if f not in known]
    assert not missing, f"enter them in python/tests/property/cases_*.py: {missing}"
    assert not known - {*registry.FUNCTIONS, *registry.UFUNCS}, "the table names what is not registered"


def test_the_document_is_made_of_the_table():
    sys.path.insert(0, str(ROOT / "tools"))
    import numpy_docs
    assert (ROOT / "docs/numpy.md").read_text() == numpy_docs.document(), "run .venv/bin/python tools/numpy_docs.py"
