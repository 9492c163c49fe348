"""HTTP: parse, authorise, call the store. Nothing is decided here."""

from . import blobs, datasets, keys, status

ROUTES = [*status.ROUTES, *blobs.ROUTES, *datasets.ROUTES, *keys.ROUTES, (r".*", status.Nothing)]  # the last: no such address
