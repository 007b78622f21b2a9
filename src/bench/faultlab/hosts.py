"""Hosts on one machine: each a network namespace on a bridge, so that a cut is a real one, below TCP, and in one direction if wanted."""

import os
import signal
import subprocess
import time

NOBODY = "02:00:00:00:00:ff"


def ip(*arguments, host=None):
    inside = ["nsenter", f"--net=/proc/{host.anchor.pid}/ns/net"] if host else []
    subprocess.run([*inside, "ip", *arguments], check=True)


class Host:
    """A network namespace, kept by a process that only sleeps."""

    def __init__(self, name, number):
        self.name = name
        self.address = f"10.77.0.{number}"
        self.hardware = f"02:00:00:00:00:{number:02x}"
        self.anchor = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        outside = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.anchor.pid}/ns/net") == outside:
            time.sleep(0.01)
        ip("link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", str(self.anchor.pid))
        ip("link", "set", f"v{number}", "master", "bridge", "up")
        ip("link", "set", "lo", "up", host=self)
        ip("link", "set", "eth0", "address", self.hardware, host=self)
        ip("address", "add", f"{self.address}/24", "dev", "eth0", host=self)
        ip("link", "set", "eth0", "up", host=self)

    def start(self, argv, **options):
        """The process is the command itself: nsenter executes it in its place."""
        return subprocess.Popen(["nsenter", f"--net=/proc/{self.anchor.pid}/ns/net", *argv], **options)

    def reaches(self, other, yes):
        """Whether what this host sends to the other one arrives; nobody is told when it does not."""
        hardware = other.hardware if yes else NOBODY
        ip("neigh", "replace", other.address, "lladdr", hardware, "dev", "eth0", "nud", "permanent", host=self)


def network(names):
    """The hosts by name, all on one bridge."""
    ip("link", "set", "lo", "up")
    ip("link", "add", "bridge", "type", "bridge")
    ip("link", "set", "bridge", "up")
    ip("address", "add", "10.77.0.254/24", "dev", "bridge")
    hosts = {name: Host(name, number) for number, name in enumerate(names, 1)}
    for one in hosts.values():
        for other in hosts.values():
            if one is not other:
                one.reaches(other, True)
    return hosts


def descendants(pid):
    """The processes below one, the nearest first."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(0), [])
        found += below
        todo += below
    return found


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def stop(pids):
    send(pids, signal.SIGSTOP)


def resume(pids):
    send(pids, signal.SIGCONT)
