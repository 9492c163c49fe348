"""The kernel as a program: ipykernel with ``jf`` imported, the extension loaded, and the client's door shut."""

import sys

from ipykernel.kernelapp import IPKernelApp

CLIENT = "jupyterfhe.client"


class Guard:
    """An import hook that refuses the client: keys and plaintext belong to the vault, also by mistake."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Refuse, or leave it to others.

        Parameters
        ----------
        name : str
        path, target : object
        """
        if name == CLIENT or name.startswith(f"{CLIENT}."):
            raise ImportError(f"{name} holds the secret key's code, and a notebook's kernel computes without it. "
                              "Decrypt with the button of an output; make keys and encrypt in the vault.", name=name)


class KernelApp(IPKernelApp):
    """What `Python 3 (JupyterFHE)` starts."""

    name = "jupyterfhe-kernel"

    def init_path(self):
        """Let modules beside a notebook be imported, behind Python's own, whom they must not hide."""
        super().init_path()
        if "" not in sys.path:
            at = next((i for i, p in enumerate(sys.path) if p.rstrip("/").endswith("-packages")), len(sys.path))
            sys.path.insert(at, "")

    def init_extensions(self):
        """Load ours last: a profile cannot take it away."""
        super().init_extensions()
        sys.meta_path.insert(0, Guard)
        self.shell.extension_manager.load_extension("jupyterfhe.kernel")
        package = sys.modules[__package__.partition(".")[0]]
        self.shell.push({"jf": package}, interactive=False)  # not among the user's own names: %who stays empty
