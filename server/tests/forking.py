"""Start the real server quickly and often: a process that has imported everything forks one child for each start.

    python forking.py ARGUMENT...

Each line on standard input starts a server with these arguments; its process id is the answer. The children have nothing in common
but code that was imported. When standard input ends, so does this process.
"""

import importlib
import os
import signal
import sys

PRELOAD = ("jupyter_server.serverapp", "jupyter_server.services.contents.largefilemanager", "jupyter_server.services.api.handlers",
           "jupyter_server.services.kernels.handlers", "jupyter_server.services.sessions.handlers", "sqlalchemy.dialects.sqlite",
           "jupyter_server.gateway.managers", "jupyterfhe_server.app", "alembic.command", "alembic.ddl.sqlite")


def main(arguments):
    for name in PRELOAD:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            from jupyter_server.serverapp import ServerApp

            ServerApp.launch_instance(argv=arguments)
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
