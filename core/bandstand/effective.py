"""Which version of each framework an evaluation takes, and what is said of one that is not valid at the as-of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bandstand import words
from bandstand.errors import ExpiredError
from bandstand.interop.inbox import Inbox, read_evidence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bandstand.interop.inbox import Limits
    from bandstand.packs.pack import Pack
    from bandstand.plugins import Catalogue


def read_effective(
    catalogue: Catalogue,
    files: Sequence[Path],
    *,
    as_of: dt.date | None,
    today: dt.date,
    default_framework: str | None,
    limits: Limits,
    progress: Callable[[int], None] | None = None,
) -> tuple[dict[str, Pack], Inbox, dt.date]:
    """The packs valid at a day, by the framework's id; the evidence as read under them; and that day.

    Args:
        catalogue: Every version of every framework.
        files: Evidence.
        as_of: The day; when None, that of the newest evidence, and today where there is none.
        today: The present day; evidence after it is a problem.
        default_framework: The framework of records that name none.
        limits: How much a file may hold.
        progress: Called with the number of rows read so far.
    """
    packs = catalogue.frameworks(as_of or today)
    while True:
        inbox = read_evidence(
            files,
            packs,
            versions=[pack for pack in catalogue.packs if pack is not packs[pack.id]],
            default_framework=default_framework,
            today=today,
            limits=limits,
            readers=catalogue.readers,
            progress=progress,
        )
        wanted = catalogue.frameworks(as_of or inbox.newest or today)
        if wanted == packs:
            return packs, inbox, as_of or inbox.newest or today
        # The newest evidence is of another version's time: it is read again, as if that day had been asked for.
        packs, as_of = wanted, as_of or inbox.newest


def refuse_where_expired(pack: Pack, as_of: dt.date, *, by_option: bool) -> None:
    """See that a pack is valid at a day, where the trust's overlay or an option asks for that.

    Raises:
        ExpiredError: It is not; the message says what to do.
    """
    overlay = None if pack.overlay is None else pack.overlay.overlay
    by_overlay = overlay is not None and overlay.expired == "refuse"
    if pack.is_valid(as_of) or not (by_option or by_overlay):
        return
    undo = "leave out --refuse-expired" if by_option else "write expired: warn into the trust's overlay"
    raise ExpiredError(
        f"{_not_valid(pack, as_of)}. Install the version that is valid then, ask for a day at which this one is with "
        f"--as-of, or {undo}."
    )


def notes_on_validity(
    packs: Mapping[str, Pack], used: Sequence[str], as_of: dt.date, since: dt.date | None, catalogue: Catalogue
) -> Iterator[str]:
    """What a user should know of the versions that are used: one that is not valid, an overlay on another.

    Args:
        packs: The version of each framework that is taken, by the framework's id.
        used: Ids of the frameworks under which somebody is evaluated.
        as_of: The as-of date.
        since: The earlier day that is compared with, if one is.
        catalogue: Every version of every framework.
    """
    for framework in used:
        pack = packs[framework]
        if not pack.is_valid(as_of):
            yield f"{_not_valid(pack, as_of)}; every evaluation says so. --refuse-expired refuses it."
        if since is not None and pack.is_valid(as_of) and not pack.is_valid(since):
            yield f"{pack.name} was not valid at {words.day(since)} yet; what stood then is looked at under it too."
        for other in catalogue.versions(framework):
            if other.overlay is not None and other is not pack:
                name = other.overlay.overlay.id
                yield (
                    f"The overlay {name} is for {other.name} and is not used: as at {words.day(as_of)}, {pack.name} is "
                    "the version that counts."
                )


def _not_valid(pack: Pack, as_of: dt.date) -> str:
    until, since = pack.framework.valid_until, pack.framework.valid_from
    day = words.day(as_of)
    if until is not None and until < as_of:
        return f"{pack.name} expired on {words.day(until)}, and this is as at {day}"
    assert since is not None
    return f"{pack.name} is not valid before {words.day(since)}, and this is as at {day}"
