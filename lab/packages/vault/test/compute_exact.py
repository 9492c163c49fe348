"""Arrays of exact integers as Python keeps them: KEYS FOLDER; prints the numbers that they must open to, integers as texts."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from jupyterfhe.client.arrays import encrypt_array
from jupyterfhe.client.keys import SecretKey

keys, folder = sys.argv[1:]
key, rng = SecretKey.load(keys), np.random.default_rng(5)
ages = rng.integers(-300, 300, 20_000)  # two vectors of 16,384
grid = rng.integers(0, 20, (40, 3))
wide = np.array([2**61 + 1, -2**61 - 3, 2**53 + 1, 0, 7])


def sealed(values, **options):
    return encrypt_array(values, key, exact=True, **options)


x, g = sealed(ages, bounds=(-300, 300)), sealed(grid, bounds=(0, 20))
mean = Fraction(int(ages.sum()), 20_000)
made = {
    "ages": (x, ages), "grid": (g, grid), "sum": (np.sum(x), ages.sum()), "squares": (np.sum(x * x), np.sum(ages * ages)),
    "sums": (np.sum(g, axis=0), grid.sum(axis=0)), "true": (g == 7, grid == 7), "wide": (sealed(wide, results=64), wide),
    "mean": (np.mean(x), float(mean)), "thirds": (g / 3, grid / 3), "halves": (g * 0.5 - 1, grid * 0.5 - 1),
}
for name, (array, _) in made.items():
    array.save(Path(folder) / name)
print(json.dumps({name: {"shape": list(array.shape), "dtype": str(array.dtype),
                         "want": [repr(v) if isinstance(v, float) else str(int(v)) for v in np.ravel(want).tolist()]}
                  for name, (array, want) in made.items()}))
