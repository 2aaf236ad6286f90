"""``python -m bandstand.kind_pages``."""

import sys

from bandstand.kind_pages.pages import main

if __name__ == "__main__":
    sys.exit(main())
