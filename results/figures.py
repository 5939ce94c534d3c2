# SPDX-License-Identifier: Apache-2.0
"""Figures of the sizing studies from the sweep.csv of their folders: figure.svg, and a table on stdout.

    python3 results/figures.py results/0010-where-stp-pays

Which lines are drawn is said in STUDIES; only what was played is read, nothing is computed but ratios.
"""
import csv
import math
import pathlib
import sys

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]  # Okabe and Ito
DASHES = ["", "6 3", "2 3", "8 3 2 3", "1 2", "10 4"]
PANEL_W, PANEL_H, LEFT, TOP, GAP = 250, 220, 60, 40, 50


def rows_of(folder):
    rows = []
    for path in sorted(folder.rglob("sweep.csv")):
        with open(path, newline="") as file:
            rows += [row for row in csv.DictReader(file) if row["status"] == "ok"]
    return rows


def number(text):
    """The leading number: "450 GB/s" is 450."""
    return float(text.strip('"').split()[0])


CALLED = {"tp": "TP", "pp": "PP", "sequence_tokens": "tokens a sample:", "run": "", "schedule": "", "model": "",
          "choice.cluster.intra_bandwidth": "NVLink"}


def called(column):
    return CALLED.get(column, column)


def rank(text):
    """Numbers by size, then words: "1f1b-i" is a word."""
    try:
        return (0, number(text), text)
    except ValueError:
        return (1, 0, text)


def speed_ups(rows, keys, of, over):
    """tokens/s of run `of` over the best of the runs `over`, at each point that has them all."""
    at = {}
    for row in rows:
        at.setdefault(tuple(row[k] for k in keys), {})[row["run"]] = float(row["tokens_per_s"])
    return [dict(zip(keys, point), y=runs[of] / max(runs[o] for o in over))
            for point, runs in at.items() if of in runs and all(o in runs for o in over)]


def best(rows, keys, value):
    found = {}
    for row in rows:
        if row["fits"] != "1":
            continue
        point = tuple(row[k] for k in keys)
        found[point] = max(found.get(point, 0), value(row))
    return [dict(zip(keys, point), y=y) for point, y in found.items()]


def where_stp_pays(rows):
    points = speed_ups(rows, ["tp", "pp", "choice.cluster.intra_bandwidth"], "stp", ["1f1b-i", "zb-v"])
    return points, "tp", "pp", "choice.cluster.intra_bandwidth", "STP over the better of 1F1B-I and ZB-V", "NVLink, GB/s", 1


def comm_sms(rows):
    for row in rows:
        row["y"] = float(row["tokens_per_s"]) / int(row["gpus"])
    return rows, "choice.cluster.intra_bandwidth", "run", "choice.parameters.comm_ctas", "tokens/s per GPU", "SMs of a collective", None


def clusters(rows):
    points = [dict(p, model="Llama-3 405B") for p in best(rows, ["run", "gpus"], lambda r: 100 * float(r["mfu"]))]
    return points, "model", "run", "gpus", "MFU of the best plan that fits, %", "H100", None


def offers(rows):
    points = [dict(p, model="Llama-3 70B") for p in best(rows, ["schedule", "gpus"], lambda r: 100 * float(r["mfu"]))]
    return points, "model", "schedule", "gpus", "MFU of the best plan that fits, %", "H100", None


def paper(rows):
    points = speed_ups(rows, ["tp", "sequence_tokens", "microbatches"], "stp", ["1f1b-i"])
    return points, "sequence_tokens", "tp", "microbatches", "STP over 1F1B-I", "microbatches", 1


STUDIES = {"0009-paper-12b": paper, "0010-paper-26b": paper, "0011-where-stp-pays": where_stp_pays,
           "0012-llama3-405b": clusters, "0013-sms-of-collectives": comm_sms,
           "0014-size-70b": offers}


def ticks(low, high):
    step = 10 ** math.floor(math.log10((high - low) / 3))
    step *= next(k for k in (1, 2, 5, 10) if (high - low) / (k * step) <= 8)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def figure(points, panel, line, x, y_title, x_title, mark):
    panels = sorted({p[panel] for p in points}, key=rank)
    lines = sorted({p[line] for p in points}, key=rank)
    xs = sorted({number(p[x]) for p in points})
    low, high = min(p["y"] for p in points), max(p["y"] for p in points)
    low, high = low - 0.05 * (high - low), high + 0.05 * (high - low)
    width, height = LEFT + len(panels) * (PANEL_W + GAP), TOP + PANEL_H + 50 + 18 * ((len(lines) + 3) // 4)
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
           f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>']
    up = lambda v: TOP + PANEL_H * (high - v) / (high - low)
    for i, name in enumerate(panels):
        left = LEFT + i * (PANEL_W + GAP)
        across = lambda v: left + PANEL_W * (xs.index(v) + 0.5) / len(xs)
        svg.append(f'<text x="{left}" y="{TOP - 10}" font-weight="bold">{called(panel)} {name}</text>'
                   f'<rect x="{left}" y="{TOP}" width="{PANEL_W}" height="{PANEL_H}" fill="none" stroke="#888"/>')
        for v in ticks(low, high):
            svg.append(f'<line x1="{left}" x2="{left + PANEL_W}" y1="{up(v):.1f}" y2="{up(v):.1f}" stroke="#ddd"/>'
                       f'<text x="{left - 5}" y="{up(v) + 4:.1f}" text-anchor="end">{v:.4g}</text>')
        if mark is not None and low < mark < high:
            svg.append(f'<line x1="{left}" x2="{left + PANEL_W}" y1="{up(mark):.1f}" y2="{up(mark):.1f}" stroke="black"/>')
        for v in xs:
            svg.append(f'<text x="{across(v):.1f}" y="{TOP + PANEL_H + 16}" text-anchor="middle">{v:g}</text>')
        svg.append(f'<text x="{left + PANEL_W / 2}" y="{TOP + PANEL_H + 34}" text-anchor="middle">{x_title}</text>')
        for j, which in enumerate(lines):
            at = sorted((number(p[x]), p["y"]) for p in points if p[panel] == name and p[line] == which)
            path = " ".join(f"{across(v):.1f},{up(y):.1f}" for v, y in at)
            svg.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[j % 6]}" stroke-width="2" '
                       f'stroke-dasharray="{DASHES[j % 6]}"/>')
            svg += [f'<circle cx="{across(v):.1f}" cy="{up(y):.1f}" r="3" fill="{COLOURS[j % 6]}"/>' for v, y in at]
    for j, which in enumerate(lines):
        at_x, at_y = LEFT + (j % 4) * 130, TOP + PANEL_H + 52 + 18 * (j // 4)
        svg.append(f'<line x1="{at_x}" x2="{at_x + 26}" y1="{at_y}" y2="{at_y}" stroke="{COLOURS[j % 6]}" stroke-width="2" '
                   f'stroke-dasharray="{DASHES[j % 6]}"/><text x="{at_x + 32}" y="{at_y + 4}">{called(line)} {which}</text>')
    svg.append(f'<text x="14" y="{TOP + PANEL_H / 2}" text-anchor="middle" '
               f'transform="rotate(-90 14 {TOP + PANEL_H / 2})">{y_title}</text></svg>')
    return "\n".join(svg) + "\n", panels, lines, xs


def table(points, panel, line, x, panels, lines, xs):
    print(f"| {called(panel)} | {called(line)} | " + " | ".join(f"{v:g}" for v in xs) + " |")
    print("| --- | --- |" + " --- |" * len(xs))
    for name in panels:
        for which in lines:
            at = {number(p[x]): p["y"] for p in points if p[panel] == name and p[line] == which}
            if at:
                print(f"| {name} | {which} | " + " | ".join(f"{at[v]:.4g}" if v in at else "" for v in xs) + " |")


def main():
    for folder in map(pathlib.Path, sys.argv[1:]):
        tables = folder if any(folder.rglob("sweep.csv")) else pathlib.Path("build/studies") / folder.name
        points, panel, line, x, y_title, x_title, mark = STUDIES[folder.name](rows_of(tables))
        svg, panels, lines, xs = figure(points, panel, line, x, y_title, x_title, mark)
        (folder / "figure.svg").write_text(svg)
        table(points, panel, line, x, panels, lines, xs)


if __name__ == "__main__":
    main()
