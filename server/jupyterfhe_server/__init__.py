"""JupyterFHE's store as an extension of Jupyter's server. It holds ciphertexts and imports nothing that could open them."""

__version__ = "0.1.0"


def _jupyter_server_extension_points():
    """Tell Jupyter's server what to load."""
    from .app import JupyterFHE

    return [{"module": "jupyterfhe_server.app", "app": JupyterFHE}]
