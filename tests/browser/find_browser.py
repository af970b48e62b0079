"""python tests/browser/find_browser.py: prints the path of a Chromium, which is installed first where there is none.

In this order: $CHROMIUM, a Chromium or Chrome on the PATH, Playwright's own; else Debian's `chromium` where apt-get may be used, else
Playwright's own is downloaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_browser() -> str | None:
    """The path of a Chromium on this machine, or None."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install_browser() -> None:
    """Installs one. Raises CalledProcessError where that fails."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        try:
            subprocess.run(["apt-get", "update"], check=True, stdout=sys.stderr)
            subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], check=True, stdout=sys.stderr)
            return
        except subprocess.CalledProcessError:
            pass  # a package of another name, or no package server in reach: Playwright has its own
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    if find_browser() is None:
        install_browser()
    print(find_browser())
