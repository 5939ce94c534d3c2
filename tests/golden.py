# SPDX-License-Identifier: Apache-2.0
"""Detects change: plays every scenario and compares its report with tests/golden/<name>.json.

usage: golden.py BRAID [--update]

A golden is what Braid said when it was last updated, no evidence that it is right; tests against published data are.
A difference above 1e-9 of a number is printed and fails. --update rewrites the goldens: look at the diff.
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOLERANCE = 1e-9
# Of every run; what a change of wording would touch is left out.
FIELDS = ["schedule", "step_time_s", "samples_per_s", "mfu", "bubble_global_s", "bubble_span_s", "bubble_by_cause_s",
          "busy_s", "stretch_s", "exposed_communication_s", "peak_memory_bytes", "memory_by_class_bytes", "peak_rank",
          "ops", "flows"]


def play(braid, scenario):
    command = [braid, "compare", str(scenario), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if result.returncode != 0:
        raise SystemExit(f"{scenario}: {result.stderr}")
    return [{field: run[field] for field in FIELDS} for run in json.loads(result.stdout)["runs"]]


def differences(path, old, new):
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from differences(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, (a, b) in enumerate(zip(old, new)):
            yield from differences(f"{path}[{i}]", a, b)
    elif isinstance(old, (int, float)) and isinstance(new, (int, float)):
        if abs(old - new) > TOLERANCE * max(abs(old), abs(new), 1e-12):
            yield f"{path}: {old!r} -> {new!r}"
    elif old != new:
        yield f"{path}: {old!r} -> {new!r}"


def main():
    braid, update = str(pathlib.Path(sys.argv[1]).resolve()), "--update" in sys.argv[2:]
    folder = ROOT / "tests/golden"
    folder.mkdir(exist_ok=True)
    changed = 0
    scenarios = sorted((ROOT / "scenarios").rglob("*.toml"))
    for scenario in scenarios:
        if scenario.parent.name in ("models", "clusters") or scenario.name.endswith(".sweep.toml"):
            continue
        golden = folder / (scenario.stem + ".json")
        now = play(braid, scenario.relative_to(ROOT))
        old = json.loads(golden.read_text()) if golden.exists() else None
        found = list(differences(scenario.stem, old, now))
        for line in found:
            print(line)
        changed += bool(found)
        if update and found:
            golden.write_text(json.dumps(now, indent=1) + "\n")
    print(f"golden: {changed} scenarios differ" + (", goldens updated" if update and changed else ""))
    return 1 if changed and not update else 0


if __name__ == "__main__":
    sys.exit(main())
