"""Encrypted data frames: pandas' names on columns that nobody on the server can read.

Columns are encrypted arrays beside validity masks, rows have public labels, groups are 0/1 masks of declared categories, and
what ends in a division is finished at decryption. See docs/guide-frames.md.
"""

from .bins import cut
from .categorical import EncryptedCategorical
from .frame import EncryptedFrame
from .grouping import GroupBy
from .index import Index
from .joining import concat, merge
from .result import Output, Result
from .series import EncryptedSeries
from .tables import crosstab, get_dummies, pivot_table

__all__ = ["EncryptedCategorical", "EncryptedFrame", "EncryptedSeries", "GroupBy", "Index", "Output", "Result", "concat",
           "crosstab", "cut", "get_dummies", "merge", "pivot_table"]
