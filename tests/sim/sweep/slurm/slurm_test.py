# SPDX-License-Identifier: Apache-2.0
"""`braid sweep --slurm` on a real Slurm: one task is killed and requeued, another comes near its time limit, and the
merged store holds what a run without Slurm finds, every configuration once.

usage: slurm_test.py BRAID; exit 77 if no Slurm can be started here.
"""
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from one_node_slurm import OneNodeSlurm, Unavailable, below, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[4]
TASKS = 4
# 4 x 4 x 8 x 2 = 256 choices; of them the constraint drops none.
SWEEP = f"""\
schema = 1
name = "on slurm"
scenario = "{ROOT}/scenarios/papers/stp-12b-a800-tp8pp2-6144.toml"
"""
POINTS = 256


def rows(store):
    """All rows as they are, in order; the file must be whole."""
    with sqlite3.connect(f"file:{store}?immutable=1", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], store
        return db.execute("SELECT * FROM configurations ORDER BY id").fetchall()


def processes_of_task(task):
    """The script of a task, Braid in it and its workers."""
    mark = f"SLURM_ARRAY_TASK_ID={task}\0".encode()
    found = []
    for pid in below(os.getpid()):
        try:
            if mark in pathlib.Path(f"/proc/{pid}/environ").read_bytes():
                found.append(pid)
        except OSError:
            pass  # ended meanwhile
    return found
