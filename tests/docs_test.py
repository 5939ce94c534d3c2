# SPDX-License-Identifier: Apache-2.0
"""Runs every command that the manual shows: fenced blocks ```console in README.md, docs/ and bench/README.md.

usage: docs_test.py BIN_DIR [--update] [PAGE...]

A line `$ command` is run by bash with BIN_DIR in its path, in a folder for the page that links to the tree's
scenarios/, results/, tests/ and validate/; the blocks of a page share it. It must exit with 0, or with what its comment
says (`# exit 2`). Lines up to the next command are its output, both streams: `...` stands for any piece of a line, a
line `...` for any lines; no line, and the output is not looked at. --update writes what `--help` prints into the pages.
A block with title="FILE" becomes that file first; `<!-- run first: COMMAND -->` makes what a page takes for granted.
Every command of `braid --help` must have its `braid COMMAND --help` in docs/commands.md.

What cannot be run here stands below `<!-- not run: REASON -->`, one of REASONS, and is counted. A command of Braid in an
indented block, which nothing would run, is a fault.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD_LACKS = "built without CUDA"  # in the help of braid-calibrate
REASONS = {"a GPU", "a display", "minutes", "installs and builds", "files of your own", "other programs"}
SIBLINGS = {"calibrate", "validate", "gui"}
SECONDS = 120
WIDTH = 120  # of the terminal that is shown


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "bench/README.md"]


class Command:
    def __init__(self, line, text):
        self.line, self.text, self.expected, self.end = line, text, [], line + 1

    @property
    def code(self):
        said = re.search(r"#.*\bexit (\d+)", self.text)
        return int(said.group(1)) if said else 0

    def needs(self, programs):
        """The program beside `braid` that it starts and that this build does not have."""
        words = re.findall(r"\bbraid (\w+)", self.text)
        return next((word for word in words if word in SIBLINGS and not (programs / f"braid-{word}").exists()), None)


def commands_of(lines, first, last):
    """Of a block between two fences; `end` is the line behind a command's output."""
    found = []
    for number in range(first, last):
        line = lines[number]
        if line.startswith("$ "):
            found.append(Command(number, line[2:]))
        elif not found:
            raise SystemExit(f"line {number + 1}: a console block begins with '$ '")
        elif not found[-1].expected and found[-1].text.endswith("\\"):
            found[-1].text = found[-1].text[:-1] + line.strip()
        else:
            found[-1].expected.append(line)
        found[-1].end = number + 1
    return found


def steps_of(lines, faults, name):
    """What a page has to do, in its order: (commands, reason why they are not run or None), or (file name, text)."""
    fence, begin, reason, title = None, 0, None, None
    for number, line in enumerate(lines):
        opened = re.match(r"```(\w*)(?: title=\"([^\"]+)\")?", line)
        first = re.fullmatch(r"<!-- run first: (.*) -->", line)
        if fence is None and first:
            yield [Command(number, first.group(1))], None
        elif fence is None and opened:
            (fence, title), begin = opened.groups(), number + 1
            above = next((l for l in reversed(lines[:number]) if l.strip()), "")
            said = re.fullmatch(r"<!-- not run: (.*) -->", above)
            reason = said.group(1) if said else None
            if reason is not None and reason not in REASONS:
                faults.append(f"{name}:{number}: '{reason}' is none of {', '.join(sorted(REASONS))}")
        elif fence is not None and line.startswith("```"):
            if fence == "console":
                yield commands_of(lines, begin, number), reason
            elif title is not None:
                yield title, "\n".join(lines[begin:number]) + "\n"
            fence = None
        elif fence in (None, "", "sh", "bash") and re.match(r"(    |\$ )*(braid|\./run) ", line) and (
                fence is not None or line.startswith("    ")):
            faults.append(f"{name}:{number + 1}: nothing runs this command; write it as ```console")


def matches(expected, output):
    """Whether the output is as the page shows it, `...` standing for anything in a line or for any lines."""
    pattern = ""
    for line in expected:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(piece) for piece in line.rstrip().split("...")) + r"[ ]*\n"
    return re.fullmatch(pattern, output.rstrip("\n") + "\n") is not None


def run(command, folder, programs):
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}", COLUMNS=str(WIDTH),
                       QT_QPA_PLATFORM="offscreen", XDG_CACHE_HOME=str(folder / ".cache"))
    return subprocess.run(["bash", "-o", "pipefail", "-c", command.text], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS)


def check(page, programs, update):
    """Counts and faults of a page."""
    name = page.relative_to(ROOT)
    lines = page.read_text().split("\n")
    faults, counts = [], collections.Counter()
    with tempfile.TemporaryDirectory(prefix="braid-docs-") as made:
        folder = pathlib.Path(made)
        for part in ("scenarios", "results", "tests", "validate"):
            (folder / part).symlink_to(ROOT / part)
        replaced = []
        for commands, reason in steps_of(lines, faults, name):
            if isinstance(commands, str):
                (folder / commands).write_text(reason)
                continue
            for command in commands:
                missing = command.needs(programs)
                if reason is not None or missing:
                    counts[f"not run, needs {reason}" if reason else f"not run, braid-{missing} is not built"] += 1
                    continue
                try:
                    result = run(command, folder, programs)
                except subprocess.TimeoutExpired:
                    faults.append(f"{name}:{command.line + 1}: not done after {SECONDS} s: {command.text}")
                    continue
                counts["run"] += 1
                # What a build lacks is no fault of the page.
                output = "".join(line for line in result.stdout.splitlines(True) if not line.startswith(BUILD_LACKS))
                if result.returncode != command.code:
                    faults.append(f"{name}:{command.line + 1}: exit {result.returncode}, not {command.code}: "
                                  f"{command.text}\n{output}")
                elif update and command.text.split("#")[0].rstrip().endswith(" --help"):
                    replaced.append((command, [line.rstrip() for line in output.rstrip("\n").split("\n")]))
                elif command.expected:
                    counts["of these with their output"] += 1
                    if not matches(command.expected, output):
                        faults.append(f"{name}:{command.line + 1}: prints something else than the page: "
                                      f"{command.text}\n{output}")
        for command, output in reversed(replaced):
            lines[command.line + 1:command.end] = output
        if replaced and "\n".join(lines) != page.read_text():
            page.write_text("\n".join(lines))
    return counts, faults


def undescribed(programs):
    """Commands that docs/commands.md does not show the help of."""
    overview = subprocess.run([programs / "braid", "--help"], text=True, capture_output=True, check=True).stdout
    page = (ROOT / "docs/commands.md").read_text()
    return [f"docs/commands.md: has no block with $ braid {command} --help"
            for command in re.findall(r"^  (\w[\w-]*)  ", overview.split("Subcommands:")[1], re.MULTILINE)
            if f"$ braid {command} --help\n" not in page]


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    update = "--update" in sys.argv[2:]
    named = [pathlib.Path(word).resolve() for word in sys.argv[2:] if word != "--update"]
    counts, faults = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for page_counts, page_faults in pool.map(lambda page: check(page, programs, update), named or pages()):
            counts += page_counts
            faults += page_faults
    faults += undescribed(programs)
    for fault in faults:
        print(fault)
    for what, count in sorted(counts.items(), key=lambda item: (not item[0].startswith("run"), item[0])):
        print(f"docs: {count:3} commands {what}")
    print(f"docs: {len(faults)} faults")
    return 1 if faults or not counts["run"] else 0


if __name__ == "__main__":
    sys.exit(main())
