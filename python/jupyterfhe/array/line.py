"""What strips of approximate numbers and of exact integers share: chunks, paddings, powers, one number in many slots."""

from ..core import errors


class Line:
    """A row of chunks of slots; a subclass has `session`, `values`, `length`, `pad`, and says what slots stand for."""

    __slots__ = ()

    @property
    def chunks(self):
        """Vectors."""
        return len(self.values)

    @property
    def behind(self):
        """Slots behind the last number; 0 for one number in all slots."""
        return 0 if self.length is None else self.chunks * self.session.slots - self.length

    def power(self, k):
        """A whole power above 0: ceil(log2(k)) levels."""
        out, base = None, self
        while True:
            if k & 1:
                out = base if out is None else out.times(base)
            k >>= 1
            if not k:
                return out
            base = base.times(base)

    def replicated(self):
        """One number in all slots: rotations, and what it takes to mask a padding that is unknown."""
        if self.length is None:
            return self
        if self.length != 1:
            raise errors.InternalError("several numbers cannot be in every slot")
        return self.sum()

    def spread_to(self, n):
        """One number in every slot, n times; n numbers stay."""
        if self.length is not None:
            return self
        return self._like(values=spread(self, count(self.session, n)), length=n, pad=self.values[0])


def count(session, n):
    """Chunks of n numbers."""
    return -(-n // session.slots)


def spread(strip, chunks):
    """Chunks of a strip; the one chunk of a number in every slot as often as wanted."""
    return strip.values if len(strip.values) == chunks else strip.values * chunks


def padding(strip):
    """What stands behind the last number, also for one number in all slots."""
    return strip.values[0] if strip.length is None else strip.pad


def matched(x, y):
    """Two strips whose lengths go together: a single number in slot 0 is put into all slots when the other has more."""
    if x.session is not y.session:
        x.session.refuse(y.session)
    many = max(x.length or 0, y.length or 0)
    if many > 1:
        x, y = (s.replicated() if s.length == 1 else s for s in (x, y))
    if None not in (x.length, y.length) and x.length != y.length:
        raise errors.InternalError(f"strips of {x.length} and {y.length} numbers met")
    return x, y
