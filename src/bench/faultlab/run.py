"""A wrapper under a fault: its holder, its waiter, and what their commands write down."""

import contextlib
import os
import signal
import subprocess
import time

import check
import hosts
from servers import NULL

# What the command of a fault is; "$@" is the worker.
COMMANDS = {
    "plain": 'exec "$@"',
    "pipeline": '"$@" | cat',
    "daemon": '(setsid "$@" &) ; exec sleep 120',
}
# The programs under a faked clock; what they run sees the clock as it is.
UNFAKED = "unset LD_PRELOAD CLOCK_STEP"


class Run:
    """`problem` says why the fault did not strike, None where it did; `missed` whether it may the next time."""

    def __init__(self, lab, wrapper, fault, host, folder, ttl):
        self.lab, self.wrapper, self.fault, self.host, self.ttl = lab, wrapper, fault, host, ttl
        self.lock = folder.name
        self.history, self.file, self.log = folder / "history", folder / "file", folder / "log"
        self.problem, self.missed = None, False
        # How many ran until the bench ended them; and who belonged to the holder when the fault struck.
        self.running = 0
        self.tree = set()
        folder.mkdir()
        folder.chmod(0o777)
        self.command = folder / "command"
        self.command.write_text(
            f"#!/bin/sh\n{UNFAKED}\nset -- {lab.tools / 'worker.py'} {self.history} {folder / 'kernel'}\n"
            f"{COMMANDS[fault.command]}\n"
        )
        self.command.chmod(0o755)
        self.holder = self.waiter = None
        self.holder_servers = self.waiter_servers = None

    def start(self, host, servers, holds):
        values = {
            "zk": ",".join(f"{each.address}:2181" for each in servers),
            "etcd": ",".join(f"http://{each.address}:2379" for each in servers),
            "ttl": self.ttl,
            "lock": self.lock,
            "file": self.file,
            "address": host.address,
            "command": self.command,
            **{each.name: each.address for each in self.lab.servers.hosts},
        }
        argv = self.wrapper.argv(**values)
        env = dict(os.environ)
        if holds and self.fault.faked_clock:
            env |= self.lab.clock.environment("holder")
        if holds and self.fault.user:
            argv = [*self.as_user(), *argv]
        with open(self.log, "ab") as log:
            return host.start(argv, env=env, stdin=NULL, stdout=log, stderr=log, start_new_session=True)

    def as_user(self):
        return ["setpriv", f"--reuid={self.fault.user}", "--regid=nogroup", "--clear-groups"]

    def start_holder(self, servers):
        self.holder_servers = servers
        self.holder = self.start(self.host, servers, True)

    def start_waiter(self, servers):
        self.waiter_servers = servers
        self.waiter = self.start(self.host if self.wrapper.local else self.lab.waiter, servers, False)

    def holds(self):
        """Whether its command runs; a holder that ended before it came to that is started anew."""
        if not self.workers() and self.holder.poll() is not None:
            self.start_holder(self.holder_servers)
        return self.workers()

    def stands(self):
        return self.holder.poll() is None and not self.next_runs()

    def strike(self):
        self.tree = {*hosts.descendants(self.holder.pid), *self.workers()}
        self.mark("fault")
        try:
            self.fault.strike(self)
        except LookupError as problem:
            self.problem = f"not struck: {problem}"

    def heal(self):
        self.mark("heals")
        self.fault.heal(self)

    def mark(self, event):
        with open(self.history, "a") as history:
            history.write(f"{time.clock_gettime_ns(time.CLOCK_BOOTTIME)} 0 {event}\n")

    def records(self):
        return check.read(self.history) if self.history.exists() else []

    def begin_waiting_anew(self):
        self.waiter.kill()
        self.waiter.wait()
        self.start_waiter(self.waiter_servers)

    def workers(self):
        return {pid for _, pid, _ in self.records() if pid}

    def next_runs(self):
        return len(self.workers()) > 1

    def awaits_next(self):
        """A lock in the kernel stays with the command when its wrapper is gone: there may be no next one."""
        return self.fault.ends_holder and not self.wrapper.local and not self.problem

    def command_tree(self):
        """The worker and what it is below of, up to the wrapper."""
        worker = min(self.workers())
        return {pid for pid in hosts.descendants(self.holder.pid) if worker in {pid, *hosts.descendants(pid)}}

    def end(self):
        """Ends what still contends; returns how many processes of a holder that had ended before live on."""
        left = [pid for pid in self.tree if alive(pid)] if self.holder.poll() is not None else []
        self.running = sum(map(alive, self.workers()))
        contenders = [one for one in (self.waiter, self.holder) if one]
        for process in contenders:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in contenders:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            hosts.send([*hosts.descendants(process.pid), *self.workers(), *self.tree], signal.SIGKILL)
            process.kill()
            process.wait()
        return len(left)

    def forget(self):
        """Leaves the history and what the programs said."""
        for path in (self.file, self.command, self.history.with_name("kernel")):
            path.unlink(missing_ok=True)
        if self.log.exists() and not self.log.stat().st_size:
            self.log.unlink()


def alive(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False
