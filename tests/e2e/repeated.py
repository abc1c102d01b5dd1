"""What goes on in the background of a test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def repeated(action: Callable[[], Any], seconds: float) -> Iterator[None]:
    """Does something again and again, with so many seconds between."""
    stopping = threading.Event()

    def go_on() -> None:
        while not stopping.wait(seconds):
            action()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
