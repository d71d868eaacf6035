"""Textual's way to a terminal, made to last when the terminal does not."""

from __future__ import annotations

import os
import signal

from textual.drivers.linux_driver import LinuxDriver


class LastingDriver(LinuxDriver):
    """When writing has failed, what comes after goes nowhere: Textual's queue would fill and hold the app for good."""

    def write(self, data: str) -> None:
        """Write to the terminal."""
        writer = self._writer_thread
        if writer is None or writer.is_alive():
            super().write(data)

    def close(self) -> None:
        """Stop writing."""
        writer = self._writer_thread
        if writer is not None and writer.is_alive():
            super().close()

    def _run_input_thread(self) -> None:
        """Read keys until the terminal is gone; that ends the session as its signal does, not as a fault of ours."""
        try:
            self.run_input_thread()
        except OSError:
            os.kill(os.getpid(), signal.SIGHUP)
