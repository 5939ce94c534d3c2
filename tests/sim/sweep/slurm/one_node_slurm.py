# SPDX-License-Identifier: Apache-2.0
"""A Slurm of one node: Debian's munged, slurmctld and slurmd on loopback, with all of their files in one folder.

Nothing of the system's own Slurm or munge is read or written. Nothing is left running: what a daemon leaves behind
becomes a child of this process, and close() ends all children.
"""
import ctypes
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ["munged", "munge", "slurmctld", "slurmd", "sbatch", "scontrol", "sinfo", "squeue"]
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # prctl(2)
LIBC = ctypes.CDLL(None)
CPUS = 2  # that it hands out, whatever the machine has

CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
PlugStackConfig={folder}/plugstack.conf
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
ReturnToService=2
JobRequeue=1
MinJobAge=3600
KillWait=5
NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=16000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE OverSubscribe=NO State=UP
"""


class Unavailable(Exception):
    """This machine cannot have one; says why."""


def wait_until(what, condition, seconds):
    """The first true value of `condition`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s still not: {what}")


def below(pid):
    """All living processes below this one."""
    children = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # ended meanwhile
        if state != "Z":
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found = list(children.get(pid, []))
    for one in found:
        found.extend(children.get(one, []))
    return found


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class OneNodeSlurm:
    """To be used with `with`. Raises Unavailable if there are no daemons, or no root and they do not start."""

    def __init__(self, folder):
        os.environ["PATH"] += ":/usr/sbin:/sbin"
        missing = [name for name in PROGRAMS if not shutil.which(name)]
        if missing:
            raise Unavailable(f"no {', '.join(missing)}; Debian's packages munge, slurmctld, slurmd and slurm-client")
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)  # munged refuses a folder that others may write to
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf")}
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def __enter__(self):
        try:
            self.start()
        except BaseException as e:
            self.close()
            if isinstance(e, AssertionError) and os.getuid() != 0:
                raise Unavailable(f"only root can be sure to start Slurm: {e}") from e
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        for name in ["state", "spool"]:
            (self.folder / name).mkdir()
        (self.folder / "plugstack.conf").touch()
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=socket.gethostname().partition(".")[0], ports=free_ports(2), user=pwd.getpwuid(os.getuid()).pw_name,
            folder=self.folder, cpus=CPUS))
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        files = {"socket": "munge.socket", "key-file": "munge.key", "pid-file": "munged.pid", "seed-file": "munged.seed",
                 "log-file": "munged.log"}
        self.begin("munged", "--foreground", "--force", "--origin=127.0.0.1",
                   *[f"--{option}={self.folder / name}" for option, name in files.items()])
        wait_until("munged answers", lambda: subprocess.run(
            ["munge", "--no-input", f"--socket={self.folder}/munge.socket"], capture_output=True).returncode == 0, 10)
        self.begin("slurmctld", "-D", "-c", "-f", self.folder / "slurm.conf")
        self.begin("slurmd", "-D", "-f", self.folder / "slurm.conf")
        wait_until("the node is idle", lambda: self.ask("sinfo", "-h", "-o", "%T") == "idle", 30)

    def begin(self, *command):
        """A program that may run until the end."""
        with open(self.folder / f"{command[0]}.out", "w") as out:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.environment,
                             preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))

    def ask(self, *command):
        """What a client says; empty if it fails."""
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30).stdout.strip()

    def job(self, number):
        """What Slurm knows of a job, or of the task ARRAY_TASK; empty if it does not know it."""
        words = self.ask("scontrol", "-o", "show", "job", number).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def log(self):
        """Of the daemons and all jobs, for whoever looks for a fault."""
        return "".join(f"--- {file.name}\n{file.read_text()}" for file in sorted(self.folder.glob("*.out")))

    def close(self):
        """Ends everything that was started, jobs included: first as they should end, then as they must."""
        for how, seconds in [(signal.SIGTERM, 3), (signal.SIGKILL, 10)]:
            for pid in below(os.getpid()):
                try:
                    os.kill(pid, how)
                except ProcessLookupError:
                    pass
            try:
                wait_until("all daemons and jobs are gone", lambda: not below(os.getpid()), seconds)
                break
            except AssertionError:
                if how == signal.SIGKILL:
                    raise
        try:
            while True:
                os.waitpid(-1, 0)
        except ChildProcessError:
            pass
