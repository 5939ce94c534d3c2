# SPDX-License-Identifier: Apache-2.0
"""`braid sweep --slurm` on a real Slurm: one task is killed and requeued, another is told that its time limit is near,
and the merged store holds what a run without Slurm finds, every configuration once.

usage: slurm_test.py BRAID; exit 77 if no Slurm can be started here.
"""
import collections
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile

from one_node_slurm import OneNodeSlurm, Unavailable, below, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[4]
TASKS = 4
# 80 numbers of microbatches (1204, 1212, ... 1836) x 3 lengths x the 3 runs of the scenario.
POINTS = 80 * 3 * 3
REFINE = 2
SOME_ROWS = 200_000  # bytes of them: a row has its scenario and its report
SWEEP = f"""\
schema = 1
name = "on slurm"
scenario = "{ROOT}/scenarios/papers/stp-12b-a800-tp8pp2-6144.toml"
refine = {REFINE}

[fields]
"plan.microbatches" = {{ from = 1204, to = 1836, step = 8 }}
"plan.sequence" = [3072, 4096, 6144]
"""


def rows(store, what="*"):
    """Of the configurations, in order; the file must be whole."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], store
        return db.execute(f"SELECT {what} FROM configurations ORDER BY id").fetchall()


def processes_of(task):
    """The script of a task, Braid in it and its workers, the older ones first."""
    mark = f"SLURM_ARRAY_TASK_ID={task}\0".encode()
    found = []
    for pid in below(os.getpid()):
        try:
            if mark in pathlib.Path(f"/proc/{pid}/environ").read_bytes():
                found.append(pid)
        except OSError:
            pass  # ended meanwhile
    return found


def size(logs, task):
    """Of the store of a task, in bytes; nobody else can read it while it is written."""
    return sum(file.stat().st_size for file in logs.glob(f"shard-{task}-of-*.db*"))


def kill_9(task):
    """All at once, as when a machine dies: stopped first, so that none sees another end."""
    killed = processes_of(task)
    for how in [signal.SIGSTOP, signal.SIGKILL]:
        for pid in killed:
            os.kill(pid, how)
    assert len(killed) >= 3, killed


def run_again_at_once(slurm, task):
    """Slurm lets a job that was requeued wait for two minutes."""
    wait_until(f"{task} is back in the queue", lambda: slurm.job(task).get("JobState") == "PENDING", 30)
    slurm.ask("scontrol", "update", f"JobId={task}", "StartTime=now")


def sweep_on(slurm, braid, folder):
    command = [braid, "sweep", "my sweep.toml", "--store", "out/all.db"]
    started = subprocess.run([*command, "--slurm", str(TASKS), "--slurm-args", "--time=10"], cwd=folder,
                             env=slurm.environment, capture_output=True, text=True)
    assert started.returncode == 0, started.stderr
    print(started.stdout)
    array = re.search(r"^array job (\d+):", started.stdout, re.M).group(1)
    merge = re.search(r"^merge job (\d+):", started.stdout, re.M).group(1)

    logs = folder / "out/all-slurm"
    for task in [1, 2]:
        wait_until(f"task {task} has written some rows", lambda: size(logs, task) > SOME_ROWS, 60)
    kill_9(1)
    # What Slurm does before the time limit. scancel would do the same, but again and again until the job is back.
    os.kill(processes_of(2)[0], signal.SIGUSR1)
    wait_until("the killed task has failed", lambda: slurm.job(f"{array}_1").get("JobState") == "FAILED", 30)
    assert slurm.ask("squeue", "-h", "-j", array), "the array has ended before a task could be requeued"
    slurm.ask("scontrol", "requeue", f"{array}_1")
    for task in [1, 2]:
        run_again_at_once(slurm, f"{array}_{task}")
    ended = wait_until("the merge job has ended", lambda: slurm.job(merge).get("EndTime") != "Unknown" and
                       slurm.job(merge).get("JobState") not in ["PENDING", "RUNNING", "COMPLETING"] and slurm.job(merge),
                       200)
    assert ended["JobState"] == "COMPLETED", ended
    for task, restarts in [(1, "1"), (2, "1"), (3, "0"), (4, "0")]:
        assert slurm.job(f"{array}_{task}")["Restarts"] == restarts, task
    assert "goes back into the queue" in (logs / "log-2.txt").read_text()
    return logs


def check(braid, folder, logs):
    subprocess.run([braid, "sweep", "my sweep.toml", "--store", "alone.db", "--jobs", "2", "--quiet"], cwd=folder,
                   check=True)
    merged = rows(folder / "out/all.db")
    assert merged == rows(folder / "alone.db"), "the merged store is not what one run finds"
    assert len(merged) == POINTS, len(merged)
    assert collections.Counter(rows(folder / "out/all.db", "grain")) == {("block",): POINTS - REFINE, ("unit",): REFINE}
    shards = [rows(logs / f"shard-{task}-of-{TASKS}.db", "choice") for task in range(1, TASKS + 1)]
    assert [len(shard) for shard in shards] == [POINTS // TASKS] * TASKS, [len(shard) for shard in shards]
    assert len({choice for shard in shards for choice in shard}) == POINTS


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # so that what was started is ended, too
    braid = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="braid-slurm-") as own, tempfile.TemporaryDirectory(prefix="it's a ") as work:
        folder = pathlib.Path(work)
        (folder / "my sweep.toml").write_text(SWEEP)
        try:
            with OneNodeSlurm(own) as slurm:
                try:
                    logs = sweep_on(slurm, braid, folder)
                except BaseException:
                    print(slurm.log(), *[f"--- {log}\n{log.read_text()}" for log in sorted(folder.rglob("log-*"))])
                    raise
        except Unavailable as e:
            print("SKIP:", e)
            return 77
        check(braid, folder, logs)
    print(f"{POINTS} configurations, each once, and the same as without Slurm")
    return 0


if __name__ == "__main__":
    sys.exit(main())
