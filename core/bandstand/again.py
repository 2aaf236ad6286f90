"""Digests of what is published of a pack's generated cases, printed by a process of its own, to be compared."""

from __future__ import annotations

import sys

from bandstand.conformance.kit import Kit
from bandstand.conformance.process import document_digest
from bandstand.found import find_packs


def main(arguments: list[str]) -> int:
    """The command ``python -m bandstand.again FOLDER SEED PEOPLE``: a digest a line, in the order of the cases.

    It gives 1 where the pack has problems here, as when a rule kind is not known to this process.
    """
    folder, seed, people = arguments
    (found,) = find_packs([folder])
    if found.draft.pack is None:
        return 1
    kit = Kit(found.draft.pack, int(seed), int(people))
    for case in kit.sound:
        sys.stdout.write(f"{document_digest(kit, case)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
