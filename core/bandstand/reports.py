"""Pages with charts that need nothing else, neither script nor network: what they are made of and look like."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from bandstand import __version__
from bandstand.errors import NotFoundError

if TYPE_CHECKING:
    from markupsafe import Markup


def check_installed() -> None:
    """See that what draws charts and pages is installed.

    Raises:
        NotFoundError: It is not; the message says how to install it.
    """
    try:
        import altair  # noqa: F401, ICN001, PLC0415 - an extra
        import jinja2  # noqa: F401, PLC0415 - it comes with altair
        import vl_convert  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise NotFoundError("A page with charts needs what draws them: pip install 'bandstand[reports]'.") from None


def rendered(package: str, template: str, **values: object) -> str:
    """A page, as text, from a template in the folder `templates` of a package."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - it comes with the extra

    source = (files(package) / "templates" / template).read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    style = as_it_stands((files("bandstand") / "report.css").read_text("utf-8"))
    return environment.from_string(source).render(style=style, version=__version__, share=share, **values)


def as_it_stands(text: str) -> Markup:
    """Mark-up of ours, as of a chart, of which every name that somebody gave was escaped when it was made."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with the extra

    return Markup(text)  # noqa: S704 - see above


def share(people: int, of: int) -> str:
    """A share in whole per cent; what is some, and less than one, is said to be."""
    percent = round(100 * people / of)
    return "under 1 %" if people and not percent else f"{percent} %"
