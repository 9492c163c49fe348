"""What encrypted frames refuse; the array's own exception, so that one ``except`` catches both."""

from ..array.refusal import Refused

LATE = "client.decrypt_frame opens it; go on there."

__all__ = ["LATE", "Refused"]
