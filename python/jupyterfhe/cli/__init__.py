"""The command line ``jupyterfhe``: keys and tables of an owner, scripts that compute without secrets.

See docs/guide-python-cli.md.
This file loads nothing: :mod:`jupyterfhe.cli.guarded` runs in processes in which the client must never be.
"""
