"""The kernel of notebooks: names that mean datasets of a store, outputs that are references, progress, variables, ``%fhe``.

No secret key is ever here, and nothing imports the client. ``python -m jupyterfhe.kernel install`` puts the kernelspec
`Python 3 (JupyterFHE)` where Jupyter looks; ``%load_ext jupyterfhe.kernel`` makes any other IPython kernel one.
"""


def load_ipython_extension(shell):
    """Make a running IPython show encrypted values as references.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from .extension import load
    load(shell)


def unload_ipython_extension(shell):
    """Undo :func:`load_ipython_extension`.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from .extension import unload
    unload(shell)
