"""The command line."""

from __future__ import annotations

import io
import signal
import sys

from bandstand.cli.errors import report


def run() -> None:
    """The command itself: ends quietly, as commands do, when whoever reads its output has read enough."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    main()


def main() -> None:
    """Run the command line and exit with its code; whatever goes wrong is worded, never a traceback."""
    from bandstand.cli.app import app  # noqa: PLC0415 - so that an error while loading is worded too

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A dash that a terminal cannot show is no reason to lose the rest.
            stream.reconfigure(errors="replace")
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the edge: every error is worded here
        sys.exit(report(error))
