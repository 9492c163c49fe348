"""The vault's files and the small server that gives them to the browser: the second origin, where keys and plaintext live.

Nothing here touches a key or a number: all of that happens in the browser, in the files of ``static/``.
"""

from .server import Vault

__all__ = ["Vault"]
