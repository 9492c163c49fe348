"""``%fhe``: what a person asks about the kernel, its keys and the store. Nothing here shows a value."""

from IPython.core.magic import Magics, line_magic, magics_class

from ..array import EncryptedArray
from ..array.table import EncryptedTable
from ..core import containers, workspace
from ..core.errors import JupyterFHEError
from . import finished
from .space import Listing, current
from .transport import line
from .variables import encrypted

HELP = {"status": "which store, which grant, keys, cache",
        "explain X": "what computing X takes: time, memory, levels, error, and what is revealed",
        "keys": "evaluation keys that the workspace has",
        "history NAME": "versions of a dataset",
        "datasets": "what the workspace holds",
        "help": "this list"}


@magics_class
class FheMagics(Magics):
    """The magic."""

    @line_magic
    def fhe(self, words):
        """Ask about the encrypted side: %fhe help lists what there is."""
        command, _, rest = words.strip().partition(" ")
        known = [name.split()[0] for name in HELP]
        if command not in known:
            if command:
                print(f"%fhe has no {line(command, 40)!r}.")
            command = "help"
        try:
            return getattr(self, f"_{command}")(rest.strip())
        except JupyterFHEError as why:
            print(why)
        return None

    def _help(self, _):
        print("\n".join(f"%fhe {name:<13} {words}" for name, words in HELP.items()))

    def _status(self, _):
        space = current()
        if space is None:
            print("no store: JUPYTERFHE_STORE is not set; names are folders of a workspace")
            try:
                print(f"workspace    {workspace.find().home}")
            except JupyterFHEError as why:
                print(f"workspace    none ({why.detail})")
            return
        found = space.store.status()
        place = found.get("workspace") if isinstance(found.get("workspace"), dict) else {}
        rows = {"store": f"{space.store.base}, version {line(str(found.get('version')), 40)}",
                "workspace": f"{space.store.workspace}, as {line(place.get('role'), 20) or 'member'}",
                "files": "read where the store keeps them" if space.store.blobs else "fetched",
                "cache": f"{space.cache.home}, {containers.human(space.cache.size)} of {containers.human(space.cache.room)}",
                "variables": f"{len(encrypted(self.shell.user_ns))} encrypted"}
        print("\n".join(f"{name:<12} {text}" for name, text in rows.items()))

    def _explain(self, name):
        value = self.shell.user_ns.get(name)
        if isinstance(value, EncryptedTable):
            return value
        if isinstance(value, finished.KINDS):
            return finished.explained(value)
        if not isinstance(value, EncryptedArray):
            names = [n for n, _ in encrypted(self.shell.user_ns)]
            print(f"%fhe explain takes an encrypted variable; there is {', '.join(names[:20]) or 'none'}.")
            return None
        return value.explain()

    def _keys(self, _):
        space = current()
        if space is None:
            print(workspace.find().keys)
            return None
        rows = [{"key": line(found.get("key_id"), 8), "files": found.get("files", ""),
                 "rotations": found.get("galois_elements", ""),
                 "size": containers.human(found["size"]) if isinstance(found.get("size"), int) else "",
                 "loaded": "yes" if found.get("key_id") in space.loaded else ""} for found in space.store.all_keys()]
        return Listing(f"evaluation keys of {space.store.workspace}", ("key", "files", "rotations", "size", "loaded"), rows)

    def _history(self, name):
        if not name:
            print("%fhe history NAME; %fhe datasets lists the names.")
            return None
        return _stored(current()).history(name.strip("\"'"))

    def _datasets(self, _):
        space = current()
        if space is not None:
            return space.datasets()
        return Listing("tables and results", ("name",), [{"name": name} for name in workspace.find().names()])


def _stored(space):
    if space is None:
        raise JupyterFHEError("there is no store here", "Versions are kept by a store; set JUPYTERFHE_STORE.")
    return space
