"""A kernel in a process of its own, as Jupyter starts it; for tests."""

import json
import os
import queue
import time

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

REF = "application/vnd.jupyterfhe.ref+json"
PROGRESS = "application/vnd.jupyterfhe.progress+json"


class Ran:
    """What a cell showed."""

    def __init__(self):
        self.outputs, self.status, self.times = [], None, []

    @property
    def text(self):
        return "".join(o["content"].get("text", "") for o in self.outputs if o["msg_type"] == "stream")

    @property
    def error(self):
        found = [o["content"] for o in self.outputs if o["msg_type"] == "error"]
        return f"{found[-1]['ename']}: {found[-1]['evalue']}" if found else None

    @property
    def traceback(self):
        return "\n".join("\n".join(o["content"]["traceback"]) for o in self.outputs if o["msg_type"] == "error")

    @property
    def bundles(self):
        return [o["content"]["data"] for o in self.outputs if o["msg_type"] in ("execute_result", "display_data")]

    @property
    def ref(self):
        found = [b[REF] for b in self.bundles if REF in b]
        assert len(found) == 1, (self.text, self.error, self.bundles)
        return found[0]

    @property
    def progress(self):
        return [o["content"]["data"][PROGRESS] for o in self.outputs if PROGRESS in o["content"].get("data", {})]


class Running:
    """A kernel; ``with Running(specs, environment) as kernel: kernel.run("1 + 1")``."""

    def __init__(self, specs, environment, cwd):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTERFHE_")}
        self.manager = KernelManager(kernel_name="jupyterfhe", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(specs)]))
        self.manager.start_kernel(env=clean | environment, cwd=str(cwd))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=180)
        self.said, self.unread = [], []  # all of iopub; comm messages that came beside cells

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def start(self, code):
        return self.client.execute(code, store_history=True)

    def finish(self, number, timeout=120, until=None):
        """Collect until the cell is idle, or `until(Ran)` holds."""
        ran, end = Ran(), time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(end - time.monotonic(), 0.01))
            message["at"] = time.monotonic()
            self._hear(message)
            if message["parent_header"].get("msg_id") != number:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
            ran.outputs.append(message)
            if until is not None and until(ran):
                return ran
        while True:
            reply = self.client.get_shell_msg(timeout=max(end - time.monotonic(), 0.01))
            if reply["parent_header"].get("msg_id") == number:
                ran.status = reply["content"]["status"]
                return ran

    def run(self, code, timeout=120):
        return self.finish(self.start(code), timeout)

    def good(self, code, timeout=120):
        ran = self.run(code, timeout)
        assert ran.status == "ok" and ran.error is None, ran.traceback or ran.text
        return ran

    def shell(self, kind, content, subshell=None):
        message = self.client.session.msg(kind, content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def subshell(self):
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=30)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]["subshell_id"]

    def comms(self, seconds, until=None):
        """comm messages that come within some seconds."""
        out, end = [], time.monotonic() + seconds
        while not (out and until is not None and until(out[-1])):
            if self.unread:
                out.append(self.unread.pop(0))
                continue
            try:
                self._hear(self.client.get_iopub_msg(timeout=max(end - time.monotonic(), 0.01)))
            except queue.Empty:
                break
        return out

    def busy(self, number):
        """Whether a cell's end has not been heard of."""
        return not any(m["msg_type"] == "status" and m["content"]["execution_state"] == "idle"
                       and m["parent_header"].get("msg_id") == number for m in self.said)

    def _hear(self, message):
        self.said.append(message)
        if message["msg_type"] == "comm_msg":
            self.unread.append(message["content"]["data"])

    @property
    def everything(self):
        return json.dumps([m["content"] for m in self.said])
