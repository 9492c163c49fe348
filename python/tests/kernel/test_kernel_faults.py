"""A refusal is read as two lines: where in the cell, and what to do."""

from IPython.core.interactiveshell import InteractiveShell

from jupyterfhe.core.errors import StorageError
from jupyterfhe.kernel import faults


def test_a_refusal_is_short(capsys):
    faults.show_short()
    shell = InteractiveShell()
    shell.user_ns["StorageError"] = StorageError
    shell.run_cell("x = 1\nraise StorageError('there is nothing called a', 'Drop a file.')")
    out = capsys.readouterr().out
    assert "StorageError: there is nothing called a. Drop a file." in out
    assert "Traceback" not in out
    assert len(out.strip().splitlines()) <= 2


def test_what_is_no_refusal_keeps_its_traceback(capsys):
    faults.show_short()
    InteractiveShell().run_cell("1 / 0")
    assert "Traceback" in capsys.readouterr().out
