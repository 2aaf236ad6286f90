"""The command line."""

from __future__ import annotations

import gc
import io
import signal
import sys

from bandstand.cli.errors import report

#: A command keeps nearly all that it makes (modules, packs, evidence), and looking through it for what it does not keep
#: would be a tenth of its time.
_MADE_BEFORE_LOOKING = 50_000


def run() -> None:
    """The command itself: ends quietly, as commands do, when whoever reads its output has read enough."""
    gc.set_threshold(_MADE_BEFORE_LOOKING)
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
