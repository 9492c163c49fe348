"""``python -m jupyterfhe.kernel install ...`` or, as Jupyter calls it, ``python -m jupyterfhe.kernel -f FILE``."""

import sys


def main():
    """Install the kernelspec, or be the kernel.

    Returns
    -------
    int
    """
    words = sys.argv[1:]
    if words[:1] == ["install"]:
        from .install import main as install
        return install(words[1:])
    if not words or words[0] in ("-h", "--help"):
        print("python -m jupyterfhe.kernel install [--sys-prefix | --user | --prefix DIR]\n"
              "    puts the kernelspec Python 3 (JupyterFHE) where Jupyter looks\n"
              "python -m jupyterfhe.kernel -f CONNECTION_FILE\n    is the kernel; Jupyter starts it so")
        return 0 if words else 2
    from .app import KernelApp
    KernelApp.launch_instance(argv=words)
    return 0


if __name__ == "__main__":
    sys.exit(main())
