"""One exception for all that the store refuses. Messages are one line and hold identifiers and hashes, never contents."""

STATUS = {
    "bad_request": 400, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "method": 405, "conflict": 409,
    "length_required": 411, "too_large": 413, "range": 416, "wrong_hash": 422, "missing": 422, "bad_tree": 422,
    "bad_manifest": 422, "secret": 422, "internal": 500, "busy": 503, "full": 507,
}


class Refused(Exception):
    """Something was asked that is not done.

    Parameters
    ----------
    code : str
        One of :data:`STATUS`.
    message : str
        One line.
    hint : str, optional
        What to do instead.
    **extra
        More members of the answer: `head`, `missing`.
    """

    def __init__(self, code, message, hint="", **extra):
        super().__init__(message)
        self.code, self.message, self.hint, self.extra = code, message, hint, extra
        self.logged = False  # whether the log of events has it already

    @property
    def status(self):
        """The status of the answer."""
        return STATUS[self.code]

    def body(self):
        """The answer's JSON."""
        return {"error": {"code": self.code, "message": self.message[:500], "hint": self.hint[:500]}, **self.extra}
