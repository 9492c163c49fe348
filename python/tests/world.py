"""One owner and what a server has of them; for tests."""

import numpy as np

from jupyterfhe import client
from jupyterfhe.core import EvaluationKeys


class World:
    """One owner's folder of keys, the secret open, the evaluation keys a server would have."""

    def __init__(self, folder, params, **options):
        self.folder, self.secret = folder, client.keygen(folder, params, **options)
        self.params = self.secret.params
        self.keys = EvaluationKeys.open(folder, self.params)

    def seal(self, values, **options):
        return client.encrypt(values, self.secret, **options)

    def check(self, ciphertext, want, probable=True):
        """Decrypt; every number within the proved bound of what numpy says, and the probable bound no larger."""
        want = np.asarray(want)
        opened = client.decrypt(ciphertext, self.secret, len(want), imaginary=np.iscomplexobj(want))
        off = np.abs(opened.values - want).max()
        assert off <= opened.error_bound, (off, opened.error_bound)
        assert opened.error_probable <= opened.error_bound
        if probable:
            assert off <= opened.error_probable
        return off
