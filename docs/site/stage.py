# SPDX-License-Identifier: Apache-2.0
"""Puts what the manual's site is made of into one folder, laid out as in the repository, so that links work as they do
on a code host: README.md, the pages of docs/, and every file of the repository that a page links to, and so on.

usage: stage.py FOLDER      writes the folder anew (`./run docs` then runs mkdocs on it)
       stage.py --check     writes nothing

Either prints every link to a file or a heading that is not there, and every page that no navigation entry and no link
leads to; exit 1 if there is one. A link to a folder goes to its README.md, or else to a list of its files.
"""
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")


def prose(text):
    """The text without fenced blocks and code, where brackets are no links; lines keep their numbers."""
    text = re.sub(r"^```.*?^```", lambda block: "\n" * block.group().count("\n"), text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page):
    """Of its headings, as the site and code hosts name them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", text, flags=re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower()))
    return found


def links_of(page):
    """(line, target path, anchor) of each link to a file of the repository."""
    for number, line in enumerate(prose(page.read_text()).split("\n"), 1):
        for _, target, _ in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            yield number, (page.parent / path).resolve() if path else page, anchor


def page_of(target):
    """The page that stands for a folder."""
    return target / "README.md" if target.is_dir() else target


def gather():
    """Every file of the site, and the faults on the way."""
    navigation = (ROOT / "mkdocs.yml").read_text().split("\nnav:", 1)[1]
    named = {ROOT / path for path in re.findall(r"(\S+\.md)$", navigation, flags=re.M)}
    faults = [f"mkdocs.yml: there is no {path.relative_to(ROOT)}" for path in sorted(named) if not path.exists()]
    waiting, files, linked = sorted(path for path in named if path.exists()), set(), set()
    while waiting:
        file = waiting.pop()
        if file in files:
            continue
        files.add(file)
        if file.suffix != ".md" or not file.exists():
            continue
        for number, target, anchor in links_of(file):
            place = f"{file.relative_to(ROOT)}:{number}"
            if not target.exists() or not target.is_relative_to(ROOT):
                faults.append(f"{place}: there is no {target}")
                continue
            page = page_of(target)
            if anchor and page.suffix == ".md" and anchor not in anchors(page):
                faults.append(f"{place}: {page.relative_to(ROOT)} has no heading #{anchor}")
            linked.add(page)
            waiting.append(page)
    for page in sorted((ROOT / "docs").rglob("*.md")):
        if page not in named | linked:
            faults.append(f"{page.relative_to(ROOT)}: neither the navigation nor a link leads to it")
    return files, faults


def staged(page):
    """Its text, links to folders made links to pages, which mkdocs checks and files in a browser need."""
    def to_page(link):
        begin, target, end = link.groups()
        path, hash_mark, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target) or not path or not (page.parent / path).is_dir():
            return link.group()
        return f"{begin}{path.rstrip('/')}/README.md{hash_mark}{anchor}{end}"
    return LINK.sub(to_page, page.read_text())


def listing(folder):
    """A page for a folder that has none, and the files that it names."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    lines = [f"# {folder.relative_to(ROOT)}", ""] + [f"- [{path.name}]({path.name})" for path in files]
    return "\n".join(lines) + "\n", files


def write(files, to):
    shutil.rmtree(to, ignore_errors=True)

    def copy(file):
        place = to / file.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            text, more = listing(file.parent)
            place.write_text(text)
            for other in more:
                copy(other)
        elif file.suffix == ".md":
            place.write_text(staged(file))
        else:
            shutil.copyfile(file, place)

    for file in sorted(files):
        copy(file)


def main():
    files, faults = gather()
    for fault in faults:
        print(fault)
    if sys.argv[1] != "--check":
        write(files, pathlib.Path(sys.argv[1]).resolve())
    print(f"docs: {len(files)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
