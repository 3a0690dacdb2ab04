"""Ctrl-C while the library is at work."""

import signal
import threading
from contextlib import contextmanager
from types import FrameType
from typing import Any, Iterator, List, Optional, Tuple

from ._library import Stop


class Interrupts:
    """Whether Ctrl-C was pressed during a call of the library.

    An exception that a signal's handler raises on the threshold of a callback would get lost in the library. So a
    handler of this class takes the signal, the library is told to stop, and then the handler that was there before is
    called, which as a rule raises ``KeyboardInterrupt``. Only within a function of the user (`inside`) is that one
    called at once.

    Handlers run where Python runs, in its main thread: within callbacks.
    """

    def __init__(self) -> None:
        #: Whether a function of the user runs, whose exceptions are caught.
        self.inside = False
        #: Signals that were taken, and are not yet passed on.
        self.pending: List[Tuple[int, Optional[FrameType]]] = []
        self._previous: Any = None
        #: Asked by the library whether to stop.
        self.stop = Stop(lambda _: 1 if self.pending else 0)

    def _take(self, number: int, frame: Optional[FrameType]) -> None:
        if self.inside:
            self._previous(number, frame)
        else:
            self.pending.append((number, frame))

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Within, Ctrl-C is taken; on the way out it does what it did before.

        Threads other than the main one get no signals and may set no handler: there nothing changes.
        """
        previous = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or not callable(previous):
            yield
            return
        self._previous = previous
        signal.signal(signal.SIGINT, self._take)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)
            for number, frame in self.pending:
                previous(number, frame)
