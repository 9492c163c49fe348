"""What the owner keeps of tables in the workspace's ``private/``: labels and names of columns that no server sees."""

import json

from ..client import files
from ..core import tables


def keep(space, table, specs):
    """Write down what the manifest of a table will lack.

    Parameters
    ----------
    space : jupyterfhe.core.workspace.Workspace
    table : str
    specs : list of jupyterfhe.client.tables_schema.Spec

    Returns
    -------
    callable
        Undoes it.
    """
    labels = {s.public_name: s.labels for s in specs if s.kind == "category" and not s.public_labels}
    names = {s.public_name: s.name for s in specs if s.public_name != s.name}
    if not labels and not names:
        return lambda: None
    space.private.mkdir(mode=0o700, exist_ok=True)
    path = space.private / f"{table}.json"
    path.unlink(missing_ok=True)  # of a table that is no longer there
    files.write_new(path, json.dumps({"categories": labels, "names": names}, ensure_ascii=False).encode(), secret=True)
    return lambda: path.unlink(missing_ok=True)


class Kept:
    """Labels and names of some tables. Of a column that two of them describe differently nothing is known.

    Parameters
    ----------
    space : jupyterfhe.core.workspace.Workspace
    table_names : iterable of str
        Those without a file, or that are no names, are left out.
    """

    def __init__(self, space, table_names):
        """Read the files."""
        found = []
        for table in table_names:
            path = space.private / f"{table}.json"
            if isinstance(table, str) and "/" not in table and path.exists():
                found.append(tables.read_json(path))
        self._labels, self._names = (_together([f.get(part) for f in found]) for part in ("categories", "names"))

    def labels(self, column):
        """Labels of a column by code, or None.

        Parameters
        ----------
        column : str

        Returns
        -------
        list of str or None
        """
        found = self._labels.get(column)
        return found if isinstance(found, list) and all(isinstance(v, str) for v in found) else None

    def name(self, text):
        """The column's own name in the place of the public one; as the first part of ``c2_mean`` too.

        Parameters
        ----------
        text : str

        Returns
        -------
        str
        """
        for public in sorted(self._names, key=len, reverse=True):
            if isinstance(self._names[public], str) and (text == public or text.startswith(f"{public}_")):
                return self._names[public] + text[len(public):]
        return text


def _together(parts):
    """Entries of several objects that do not contradict each other."""
    parts = [p for p in parts if isinstance(p, dict)]
    return {name: said for p in parts for name, said in p.items() if all(o.get(name, said) == said for o in parts)}
