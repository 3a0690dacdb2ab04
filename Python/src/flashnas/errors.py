"""Why a call has no result."""


class FlashnasError(Exception):
    """The run failed: a full disk, an engine that is absent. The base of all errors of the toolkit.

    Attributes
    ----------
    code : int
        The exit code that the command line would end with: 1, 64 or 65.
    message : str
        One line: where, what is wrong, what was found, what is allowed.
    """

    code: int = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(FlashnasError, ValueError):
    """Wrong usage: an option, a name, a value (code 64)."""

    code = 64


class DataError(FlashnasError, ValueError):
    """Something is wrong in or about a file or a table (code 65)."""

    code = 65


class LibraryError(FlashnasError, ImportError):
    """The C library is not found, or is another one than this package is made for."""


class FlashnasWarning(UserWarning):
    """What the command line would note beside a result."""


def error(code: int, message: str) -> FlashnasError:
    """The error of an exit code, or of a negative code of the C library."""
    kind = {64: UsageError, 65: DataError}.get(abs(code), FlashnasError)
    return kind(message)
