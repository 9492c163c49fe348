"""Unmodified numpy code, run once on numbers in the clear and once on encrypted ones.

    .venv/bin/python examples/unmodified.py [diabetes] [breast-cancer]

Five parts: columns standardised, covariances, correlations, a linear regression by its normal equations, the forward pass of a
network of two layers that was trained in the clear on half of the rows. :func:`study` is plain numpy and is called twice; only
how the data are opened differs. Every result is opened by the owner and compared with the clear run: shown are the largest
difference, the bound that was proved and declared for it, and how long computing took.

Columns have public ranges, as an owner declares them. What cannot be proved from them is promised in one place, PROMISES.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn import datasets

# ---- what is public: names, ranges, which four columns the regression takes, its ridge, the network ----
DIABETES = {"age": (18, 80), "sex": (1, 2), "bmi": (16, 44), "bp": (60, 136), "s1": (96, 304), "s2": (40, 244), "s3": (20, 100),
            "s4": (2, 10), "s5": (3, 6.25), "s6": (56, 126)}
CANCER = {"mean radius": (6, 30), "mean texture": (9, 40), "mean perimeter": (40, 190), "mean area": (140, 2520),
          "mean smoothness": (0.05, 0.17), "mean compactness": (0.01, 0.35), "mean concavity": (0, 0.43),
          "mean concave points": (0, 0.21), "mean symmetry": (0.1, 0.31), "mean fractal dimension": (0.045, 0.1)}
PUBLIC = {
    "diabetes": {"columns": DIABETES, "target": (20, 350), "chosen": ["bmi", "bp", "s3", "s5"]},
    "breast-cancer": {"columns": CANCER, "target": (0, 1),
                      "chosen": ["mean texture", "mean area", "mean smoothness", "mean concave points"]},
}
RIDGE, HIDDEN = 0.1, 6
PROMISES = {"least_spread": 0.2, "precision": 1e-4}  # every column's deviation is a fifth of half its range at least


# ---- the study: numpy, nothing else ----
def standardise(X):
    """Columns of mean 0 and deviation 1."""
    return (X - X.mean(axis=0)) / X.std(axis=0)


def scaled(x, low, high):
    """Numbers of a public range as numbers of [-1, 1]."""
    return (x - (low + high) / 2) / ((high - low) / 2)


def regression(Z, t):
    """Coefficients of a ridge regression, by the normal equations of the centred columns."""
    moments = np.cov(np.column_stack([Z, t]), rowvar=False)
    p = Z.shape[1]
    return np.linalg.solve(moments[:p, :p] + RIDGE * np.eye(p), moments[:p, p])


def network(Z, layers):
    """A hidden layer with squares as activations, and a linear one."""
    (W1, b1), (W2, b2) = layers
    return ((Z @ W1 + b1) ** 2) @ W2 + b2


def study(X, y, public, layers):
    """All five parts.

    Parameters
    ----------
    X : array of shape (rows, columns)
    y : array of shape (rows,)
    public : dict
        Of PUBLIC.
    layers : list of (ndarray, ndarray)
        The network.

    Returns
    -------
    dict of str to array
    """
    low, high = np.array(list(public["columns"].values()), dtype=float).T
    Z, t = scaled(X, low, high), scaled(y, *public["target"])
    chosen = [list(public["columns"]).index(name) for name in public["chosen"]]
    return {
        "standardise": standardise(X),
        "covariance": np.cov(X, rowvar=False),
        "correlation": np.corrcoef(X, rowvar=False),
        "regression": regression(Z[:, chosen], t),
        "network": network(Z, layers),
    }


# ---- how data are opened ----
def open_clear(name, public):
    """Numbers in the clear.

    Parameters
    ----------
    name : str
    public : dict
        Of PUBLIC, perhaps with fewer columns.

    Returns
    -------
    (ndarray, ndarray)
        X and y.
    """
    data = datasets.load_diabetes(scaled=False) if name == "diabetes" else datasets.load_breast_cancer()
    places = [list(data.feature_names).index(column) for column in public["columns"]]
    return data.data[:, places], data.target.astype(float)


def open_encrypted(folder):
    """The same as encrypted arrays: this, and the promises, is all that a script changes.

    Parameters
    ----------
    folder : path-like
        What :func:`seal` wrote; without the secret key it may be anywhere.

    Returns
    -------
    (EncryptedArray, EncryptedArray)
        X and y.
    """
    import jupyterfhe as jf
    for option, value in PROMISES.items():
        setattr(jf.options, option, value)
    keys = Path(folder) / "keys"
    return jf.open(Path(folder) / "X", keys), jf.open(Path(folder) / "y", keys)


# ---- the owner's side ----
def seal(folder, X, y, public, parameters=None):
    """Make keys and encrypt: on the owner's machine.

    Parameters
    ----------
    folder : path-like
    X, y : ndarray
    public : dict
        Of PUBLIC.
    parameters : jupyterfhe.core.Parameters, optional
        Thirteen multiplications in a row at 47 bits by default.

    Returns
    -------
    SecretKey
    """
    from jupyterfhe import client
    from jupyterfhe.core import Parameters
    rows = (len(X) - 1).bit_length()  # so few numbers a ciphertext that sums over rows go no farther
    key = client.keygen(Path(folder) / "keys", parameters or Parameters.custom(13, scale_bits=47),
                        rotations=[1 << i for i in range(rows)], conjugate=False)
    bounds = np.array(list(public["columns"].values()), dtype=float).T
    client.seal_array(Path(folder) / "X", X, key, bounds=bounds, log_slots=rows)
    client.seal_array(Path(folder) / "y", y, key, bounds=public["target"], log_slots=rows)
    return key


def train(X, y, public, steps=500, rate=0.02, decay=0.01):
    """Weights from rows that are public, by gradient descent on the squared error.

    Parameters
    ----------
    X, y : ndarray
    public : dict
    steps : int
    rate, decay : float

    Returns
    -------
    list of (ndarray, ndarray)
        Weights and biases of both layers.
    """
    low, high = np.array(list(public["columns"].values()), dtype=float).T
    Z, t = scaled(X, low, high), scaled(y, *public["target"])
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(X.shape[1], HIDDEN)) / 2, np.zeros(HIDDEN), rng.normal(size=HIDDEN) / 2, np.array(0.0)]
    fast, slow = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    for step in range(1, steps + 1):
        W1, b1, W2, b2 = weights
        a = Z @ W1 + b1
        off = 2 * (a**2 @ W2 + b2 - t) / len(t)
        back = np.outer(off, W2) * 2 * a
        slopes = [Z.T @ back + decay * W1, back.sum(axis=0), (a**2).T @ off + decay * W2, off.sum()]
        for i, g in enumerate(slopes):
            fast[i], slow[i] = 0.9 * fast[i] + 0.1 * g, 0.999 * slow[i] + 0.001 * g**2
            weights[i] = weights[i] - rate * fast[i] / (1 - 0.9**step) / (np.sqrt(slow[i] / (1 - 0.999**step)) + 1e-8)
    return [(weights[0], weights[1]), (weights[2], weights[3])]


def score(name, guess, y, public):
    """How good the network is, in words."""
    t = scaled(y, *public["target"])
    if name == "diabetes":
        return f"R2 {1 - np.sum((guess - t) ** 2) / np.sum((t - t.mean()) ** 2):.3f}"
    return f"{100 * np.mean((guess > 0) == (t > 0)):.1f} % right"


# ---- both runs ----
def compare(name, folder, rows=None, public=None, parameters=None, show=print):
    """Run the study on one data set twice, and compare.

    Parameters
    ----------
    name : str
        Of PUBLIC.
    folder : path-like
        For keys and ciphertexts.
    rows : int, optional
        So many rows; all by default.
    public : dict, optional
        As of PUBLIC, perhaps with fewer columns.
    parameters : jupyterfhe.core.Parameters, optional
        As of :func:`seal`.
    show : callable of str

    Returns
    -------
    dict of str to (ndarray, ndarray, ndarray)
        By part: what the clear run gives, what the encrypted run gives, bounds.
    """
    from jupyterfhe import client
    public = public or PUBLIC[name]
    X, y = (a[:rows] for a in open_clear(name, public))
    layers = train(X[::2], y[::2], public)
    clear = study(X, y, public, layers)

    start = time.perf_counter()
    key = seal(folder, X, y, public, parameters)
    show(f"{name}: {X.shape[0]} rows, {X.shape[1]} columns; keys and encryption {time.perf_counter() - start:.1f} s")
    encrypted = study(*open_encrypted(folder), public, layers)

    out = {}
    for part, result in encrypted.items():
        start = time.perf_counter()
        opened = client.decrypt_array(result, key)  # computes, and opens at the owner's
        seconds = time.perf_counter() - start
        bound = np.broadcast_to(opened.error_bound, opened.values.shape)
        out[part] = clear[part], opened.values, bound
        off = np.abs(opened.values - clear[part])
        at = np.unravel_index(np.argmax(bound), bound.shape)
        show(f"  {part:<12} {opened.values.shape!s:<10} differs by {off.max():.1e} at most; bound {bound[at]:.1e} beside "
             f"numbers up to {np.abs(clear[part]).max():.3g}, {'held' if np.all(off <= bound) else 'BROKEN'}; {seconds:.1f} s")
    show(f"  assumed of the encrypted columns: {encrypted['correlation'].explain().facts['assumed']}")
    show(f"  rows that the network never saw: {score(name, clear['network'][1::2], y[1::2], public)} in the clear, "
         f"{score(name, out['network'][1][1::2], y[1::2], public)} encrypted")
    key.close()
    return out


def main(names):
    """Run on the named data sets."""
    for name in names or PUBLIC:
        with tempfile.TemporaryDirectory() as folder:
            out = compare(name, folder)
            if not all(np.all(np.abs(got - want) <= bound) for want, got, bound in out.values()):
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
