"""Unmodified numpy code on real data: once in the clear, once encrypted by changing how the data are opened."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes

from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys
from lab import Lab


@pytest.fixture(scope="module")
def stats(place):
    class Owner:
        folder = place / "study"
        secret = client.keygen(folder, "stats")
        keys = EvaluationKeys.open(folder, secret.params)
        params = secret.params
    return Lab(Owner, None)


def standardise(x, scale):
    return (x - x.mean(axis=0)) / scale


def normal_equations(x, y):
    x = np.column_stack([np.ones(len(x)), x])
    return x.T @ x, x.T @ y


def network(x, w1, b1, w2, b2):
    hidden = np.square(x @ w1 + b1)
    return hidden @ w2 + b2


def test_diabetes(stats):
    x, y = load_diabetes(return_X_y=True)
    ex, ey = stats.seal(x), stats.seal(y)
    stats.agree(np.cov(ex, rowvar=False), np.cov(x, rowvar=False))
    stats.agree(standardise(ex, x.std(axis=0)), standardise(x, x.std(axis=0)))
    stats.agree(np.cov(ex.T, ey), np.cov(x.T, y))
    gram, moment = normal_equations(ex, ey)
    want = normal_equations(x, y)
    stats.agree(gram, want[0])
    stats.agree(moment, want[1])
    beta = np.linalg.solve(stats.open(gram).values, stats.open(moment).values)
    assert np.allclose(beta, np.linalg.solve(*want), rtol=1e-4)
    variances, cross = ex.var(axis=0), ((ex - ex.mean(axis=0)) * (ey - ey.mean())[:, None]).mean(axis=0)
    r = stats.open(cross).values / np.sqrt(stats.open(variances).values * stats.open(ey.var()).values)
    assert np.allclose(r, [np.corrcoef(c, y)[0, 1] for c in x.T], atol=1e-6)


def test_breast_cancer(stats, rng):
    x, y = load_breast_cancer(return_X_y=True)
    x, y = x[:, :6], y.astype(bool)
    low, high = np.floor(x.min(axis=0)), np.ceil(x.max(axis=0))
    ex, ey = stats.seal(x, bounds=(low, high)), stats.seal(y)
    stats.agree(ex.mean(axis=0), x.mean(axis=0))
    stats.agree(ex.var(axis=0, ddof=1), x.var(axis=0, ddof=1))
    stats.agree((ex * ey[:, None]).sum(axis=0) / 100, (x * y[:, None]).sum(axis=0) / 100)  # sums of one class
    stats.agree(ey.sum(), y.sum())
    scale = x.std(axis=0)
    w1, b1, w2, b2 = rng.normal(size=(6, 4)) / 4, rng.normal(size=4), rng.normal(size=(4, 1)), 0.5
    stats.agree(network(standardise(ex, scale), w1, b1, w2, b2), network(standardise(x, scale), w1, b1, w2, b2))
    stats.agree(np.concatenate([ex, ex[:3]])[-5:], x[[567, 568, 0, 1, 2]])
