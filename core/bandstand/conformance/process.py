"""The same cases in another process: what depends on the order of a set, or on what ran before, differs there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bandstand.canonical import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bandstand.conformance.cases import Case
    from bandstand.conformance.kit import Kit


def different_elsewhere(kit: Kit) -> Iterator[Case]:
    """The case with the least evidence that comes to other bytes in another process, if one does.

    A pack that the other process cannot load is not compared: it lies in no folder, or its rule kinds are known to this
    process alone.
    """
    if not Path(kit.pack.place).is_dir():
        return
    words = [kit.pack.place, str(kit.seed), str(kit.people)]
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bandstand.again", *words],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    elsewhere = ran.stdout.split()
    if ran.returncode == 0 and len(elsewhere) == len(kit.sound):
        differing = [
            case for case, known in zip(kit.sound, elsewhere, strict=True) if document_digest(kit, case) != known
        ]
        yield from sorted(differing, key=lambda case: len(case.evidence))[:1]


def document_digest(kit: Kit, case: Case) -> str:
    """A digest of all that is published of a case."""
    document = kit.document(case)
    return digest([document.evaluation.model_dump(mode="json"), document.text])
