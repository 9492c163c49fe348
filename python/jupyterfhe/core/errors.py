"""What can go wrong, one class a kind, each saying what happened and what to do next.

A message never holds a value: the engine's details name limits, levels and sizes, which are public.
"""


class JupyterFHEError(Exception):
    """Anything that the engine refused.

    Attributes
    ----------
    status : int
        The engine's status; 0 when Python found the fault itself.
    detail : str
        What happened.
    advice : str
        What to do next.
    """

    advice = "Look at the message above; if it says nothing useful, please report it with what was called."

    def __init__(self, detail, advice=None, status=0):
        """Keep the parts; ``str`` joins them."""
        self.detail, self.status = detail.strip().rstrip("."), status
        if advice is not None:
            self.advice = advice
        super().__init__(f"{self.detail}. {self.advice}")


class ArgumentError(JupyterFHEError, ValueError):
    """An argument out of its set."""

    advice = "Correct the argument; the method's documentation lists what it takes."


class OutOfMemoryError(JupyterFHEError, MemoryError):
    """An allocation failed, or a size is over a cap."""

    advice = "Free what is no longer used, work in smaller pieces, or choose smaller parameters."


class InternalError(JupyterFHEError, RuntimeError):
    """Python called the engine in a way it should not have."""

    advice = "This is a fault of jupyterfhe, not of the program that met it; please report it."


class ParameterError(JupyterFHEError, ValueError):
    """Parameters that cannot be built."""

    advice = ("Ask for less depth or a smaller scale, or take a preset: 'stats-lite' (depth 2), 'stats' (6), 'ml' (14), "
              "'deep'.")


class SecurityError(ParameterError):
    """A published key would fall below the security that was asked for."""

    advice = "Leave log_n out, so that the smallest secure ring is taken, or ask for less depth."


class ContextError(JupyterFHEError, ValueError):
    """Objects of different parameters met."""

    advice = "Load all of them with the same Parameters: those of the folder of keys that the data was encrypted with."


class KeyMissingError(JupyterFHEError, LookupError):
    """A key is absent, of another secret, or serves lower levels only."""

    advice = ("Ask the data's owner for it: client.keygen(..., rotations=[...]) or SecretKey.add_rotations makes more, and "
              "EvaluationKeys.add takes them; EvaluationKeys.derive makes some from parent keys without the owner.")


class DepthError(JupyterFHEError, ArithmeticError):
    """No level is left, or operands are at different ones."""

    advice = ("Bring operands to one level with evaluate.to_level; when none is left, use parameters with more depth "
              "(Parameters.preset('ml') or Parameters.custom(depth=...)) or a circuit with fewer products in a row.")


class ScaleError(JupyterFHEError, ArithmeticError):
    """Scales that differ by more than rounding."""

    advice = "Rescale after each product, or bring both to a level's own scale with evaluate.to_level."


class RangeError(JupyterFHEError, OverflowError):
    """The numbers, by their bounds, no longer fit."""

    advice = ("Declare tighter bounds when encrypting, scale the numbers down, or have a level more there: parameters of more "
              "depth, or fewer products before. A sum or product is refused while its bound might exceed the modulus.")


class FormError(JupyterFHEError, ValueError):
    """Wrong degree, form or packing for a call."""

    advice = ("Use relinearised ciphertexts (degree 1) of one packing; evaluate.relin lowers the degree, a fresh Plaintext "
              "cannot be computed with.")


class InvalidValueError(JupyterFHEError, ValueError):
    """NaN, infinity, or a number beyond its declared bound."""

    advice = "Replace missing values before encrypting, and declare a bound that holds for every number."


class FormatError(JupyterFHEError, ValueError):
    """Bytes that are no container of ours."""

    advice = "Check that this is the file you meant; jfhe inspect FILE says what a file is."


class VersionError(FormatError):
    """A container of a version that this library does not read."""

    advice = "Install the version of jupyterfhe that wrote it, or write it anew."


class ChecksumError(FormatError):
    """A container that was damaged."""

    advice = "Copy or download it again; the checksum shows that some bytes changed."


class TruncatedError(FormatError):
    """Bytes that end too early, or go on too long."""

    advice = "Copy or download it again: the length is not what its header declares."


class StorageError(JupyterFHEError, OSError):
    """Reading or writing failed."""

    advice = "Check that the folder exists, that there is room, and that you may write there."


class EntropyError(JupyterFHEError, OSError):
    """The operating system gave no randomness."""

    advice = "Nothing was made. Try again where the system's random source works (getrandom)."


class BudgetError(JupyterFHEError, PermissionError):
    """A key's releases are used up."""

    advice = "Make a new key and move the data to it; releasing more under this one would leak it."


class CancelledError(JupyterFHEError, RuntimeError):
    """The caller asked to stop."""

    advice = "Nothing was half-written; run it again to go on."


class ClosedError(JupyterFHEError, ValueError):
    """An object that was closed before."""

    advice = "Load it again."


BY_STATUS = {
    "ARG": ArgumentError,
    "MEMORY": OutOfMemoryError,
    "SCRATCH": InternalError,
    "PARAMS": ParameterError,
    "SECURITY": SecurityError,
    "CONTEXT": ContextError,
    "KEY": KeyMissingError,
    "LEVEL": DepthError,
    "SCALE": ScaleError,
    "RANGE": RangeError,
    "FORM": FormError,
    "VALUE": InvalidValueError,
    "FORMAT": FormatError,
    "VERSION": VersionError,
    "CHECKSUM": ChecksumError,
    "TRUNCATED": TruncatedError,
    "IO": StorageError,
    "ENTROPY": EntropyError,
    "BUDGET": BudgetError,
    "CANCELLED": CancelledError,
}
