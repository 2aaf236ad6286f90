"""A fresh virtual environment with the Bandstand under test, beside which a plugin can be installed."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reading import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Building needs no network: the build backend is a library of the environment, and so is all that a plugin depends on.
_OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # what pip means by 0 here is no
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
#: What would lead back to the environment of the tests.
_LEFT_OUT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CI", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS")


class Environment:
    """A virtual environment of its own."""

    def __init__(self, folder: Path, *, with_shipped: bool) -> None:
        """Make it in ``folder``, with the plugins of this repository or without them."""
        self._scripts = folder / "venv" / "bin"
        venv.create(folder / "venv", symlinks=True)
        self.python = self._scripts / "python"
        libraries = folder / "libraries"
        libraries.mkdir(parents=True)
        for path in _libraries(with_shipped=with_shipped):
            (libraries / path.name).symlink_to(path)
        lines = [*(str(path) for path in _sources(with_shipped=with_shipped)), str(libraries)]
        (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
        (site / "libraries.pth").write_text("\n".join(lines), "utf-8")
        command = self._scripts / "bandstand"
        command.write_text(f'#!/bin/sh\nexec "{self.python}" -m bandstand "$@"\n', "utf-8")
        command.chmod(0o755)

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a line of a shell in ``folder``; both outputs are its output, in the order in which they came."""
        kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        paths = {"PATH": f"{self._scripts}{os.pathsep}{kept.get('PATH', '')}", "COLUMNS": "120"}
        return subprocess.run(  # noqa: S603 - commands of ours
            ["/bin/sh", "-c", command],
            cwd=folder,
            env={**kept, **_OFFLINE, **paths},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


def _libraries(*, with_shipped: bool) -> Iterator[Path]:
    """What is installed where the tests run."""
    for entry in sorted(Path(sysconfig.get_path("purelib")).iterdir()):
        is_shipped = entry.name.startswith("bandstand_")
        if entry.suffix != ".pth" and (with_shipped or not is_shipped):
            yield entry


def _sources(*, with_shipped: bool) -> Iterator[Path]:
    """In a checkout, where the sources are; what is installed from wheels is among the libraries."""
    modules = ["bandstand", *(f"bandstand_{name}" for name in SHIPPED if with_shipped)]
    for module in modules:
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        root = Path(spec.origin).resolve().parent.parent
        if root != Path(sysconfig.get_path("purelib")).resolve():
            yield root
