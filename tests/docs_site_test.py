# SPDX-License-Identifier: Apache-2.0
"""Makes the manual's site in a folder of its own: `mkdocs build --strict`, and nothing in it comes from a network.

usage: docs_site_test.py MKDOCS
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def fetched(site):
    """What a browser would get from elsewhere to show a page: scripts, styles, pictures, fonts."""
    for page in site.rglob("*.html"):
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text()):
            address = re.search(r"""(?:src|href)=["']?(?:https?:)?//[^"'\s>]+""", tag)
            if address and 'rel="canonical"' not in tag:
                yield f"{page.relative_to(site)}: {tag}"
    for style in site.rglob("*.css"):
        for address in re.findall(r"url\(['\"]?(?:https?:)?//[^)]+\)", style.read_text()):
            yield f"{style.relative_to(site)}: {address}"


def main():
    with tempfile.TemporaryDirectory(prefix="braid-site-") as made:
        pages, site = pathlib.Path(made) / "pages", pathlib.Path(made) / "site"
        subprocess.run([sys.executable, ROOT / "docs/site/stage.py", pages], check=True)
        config = pathlib.Path(made) / "mkdocs.yml"
        config.write_text((ROOT / "mkdocs.yml").read_text().replace("build/manual", str(pages)))
        subprocess.run([sys.argv[1], "build", "--strict", "--quiet", "--config-file", config, "--site-dir", site],
                       check=True)
        faults = list(fetched(site))
        for fault in faults:
            print(fault)
        count = len(list(site.rglob("*.html")))
        print(f"docs: {count} pages, {len(faults)} of their parts fetched from elsewhere")
        return 1 if faults or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
