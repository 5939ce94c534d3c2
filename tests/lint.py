# SPDX-License-Identifier: Apache-2.0
"""House rules that a compiler does not check. Prints every breach; exit 1 if there is one.

- a module includes only what cmake/layers.cmake lets it use, and only sim/engine/simgrid names SimGrid;
- sources start with the licence line and have at most 600 lines (a note past 400);
- every header of sim compiles alone.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def layer_table():
    text = (ROOT / "cmake/layers.cmake").read_text()
    layers = re.search(r"set\(BRAID_LAYERS ([^)]*)\)", text).group(1).split()
    uses = {}
    for layer in layers:
        found = re.search(rf'set\(BRAID_USES_{re.escape(layer)} ([^)]*)\)', text)
        uses[layer] = set(found.group(1).replace('"', "").split())
    return layers, uses


def layer_of(path, layers):
    inside = str(path.parent)
    inside = inside.removeprefix("sim/")
    matches = [layer for layer in layers if inside == layer or inside.startswith(layer + "/")]
    return max(matches, key=len) if matches else None


def compiles_alone(header):
    flags = ["-std=c++20", "-fsyntax-only", "-I", str(ROOT), "-I/usr/include/eigen3", "-w", "-x", "c++"]
    result = subprocess.run(["g++", *flags, str(ROOT / header)], capture_output=True, text=True)
    return None if result.returncode == 0 else f"{header}: does not compile alone: {result.stderr.splitlines()[0]}"


def main():
    layers, uses = layer_table()
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True,
                           capture_output=True, check=True).stdout.split("\n")
    breaches, notes = [], []
    for name in files:
        path = pathlib.Path(name)
        if path.suffix not in {".cpp", ".hpp", ".cu", ".cuh"} or not (ROOT / path).exists():
            continue
        text = (ROOT / path).read_text()
        lines = text.count("\n")
        if not text.startswith("// SPDX-License-Identifier: Apache-2.0\n"):
            breaches.append(f"{name}:1: does not start with the licence line")
        if lines > 600:
            breaches.append(f"{name}: {lines} lines; split past 400, refused past 600")
        elif lines > 400:
            notes.append(f"{name}: {lines} lines, worth a split")
        if path.parts[0] not in {"sim", "calibrate", "validate", "gui"}:
            continue
        layer = layer_of(path, layers)
        if layer is None:
            breaches.append(f"{name}: its folder is not a layer of cmake/layers.cmake")
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if re.match(r'#include [<"]simgrid/', line) and layer != "engine/simgrid":
                breaches.append(f"{name}:{number}: only sim/engine/simgrid includes SimGrid")
            included = re.match(r'#include "((?:sim|calibrate|validate|gui)/[^"]+)"', line)
            if not included:
                continue
            used = layer_of(pathlib.Path(included.group(1)), layers)
            if used is None or (used != layer and used not in uses[layer]):
                breaches.append(f"{name}:{number}: {layer} must not use {used} (cmake/layers.cmake)")
    headers = [name for name in files if name.startswith("sim/") and name.endswith(".hpp") and (ROOT / name).exists()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        breaches += [fault for fault in pool.map(compiles_alone, headers) if fault]
    for line in notes:
        print("note:", line)
    for line in breaches:
        print(line)
    print(f"lint: {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
