"""Statistics of encrypted series, by scipy's names. The server makes sums; quotients, roots and tails are finished at
decryption.

Rows with missing values are left out, as ``nan_policy="omit"`` does. Outcomes have scipy's fields; ``jf.save`` keeps them,
``client.decrypt_frame(outcome, key).to_tuple()`` opens them, every number with its bound.
"""

from .outcome import Outcome
from .regression import linregress, ols
from .shape import kurtosis, skew, zscore
from .survival import kaplan_meier, logrank
from .tests import chi2_contingency, f_oneway, pearsonr, ttest_1samp, ttest_ind, ttest_rel

__all__ = ["Outcome", "chi2_contingency", "f_oneway", "kaplan_meier", "kurtosis", "linregress", "logrank", "ols", "pearsonr",
           "skew",
           "ttest_1samp", "ttest_ind", "ttest_rel", "zscore"]
