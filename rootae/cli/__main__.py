"""`python -m rootae.cli`, the same as the command `rootae`."""

from __future__ import annotations

from rootae.cli import main

if __name__ == "__main__":
    main()
