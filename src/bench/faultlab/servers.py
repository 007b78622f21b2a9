"""Three real ZooKeeper servers and three etcd members, one of each on a host, and what can be done to them."""

import json
import os
import shlex
import struct
import subprocess
import time

SETTINGS = (
    "tickTime=1000\ninitLimit=10\nsyncLimit=3\nclientPort=2181\nadmin.enableServer=false\n"
    "maxClientCnxns=0\n4lw.commands.whitelist=srvr\n"
)
NULL = open(os.devnull, "r+b")


class Servers:
    """`named` are command lines of further servers, which run on each host, and of which nothing else is known here."""

    def __init__(self, hosts, folder, named=()):
        self.hosts = hosts
        self.named = named
        self.folder = folder
        self.processes = {}
        self.tracers = []
        self.faked = {}
        for host in hosts:
            self.start("zookeeper", host)
            self.start("etcd", host)
            for line in named:
                self.start(line, host)
        self.zookeeper = ",".join(f"{host.address}:2181" for host in hosts)
        self.etcd = ",".join(f"http://{host.address}:2379" for host in hosts)
        until("both ensembles", self.both_lead)

    def both_lead(self):
        return self.leader("zookeeper") and self.leader("etcd")

    def start(self, kind, host):
        what = f"named{self.named.index(kind)}" if kind in self.named else kind
        home = self.folder / f"{what}-{host.name}"
        home.mkdir(exist_ok=True)
        argv = self._named(kind, host, home) if kind in self.named else getattr(self, f"_{kind}")(host, home)
        env = {**os.environ, **(self.faked if kind == "zookeeper" else {})}
        with open(home / "log", "ab") as log:
            process = host.start(argv, cwd=home, stdin=NULL, stdout=log, stderr=log, env=env)
        self.processes[kind, host.name] = process

    def _zookeeper(self, host, home):
        peers = "".join(f"server.{n}={each.address}:2888:3888\n" for n, each in enumerate(self.hosts, 1))
        (home / "myid").write_text(f"{self.hosts.index(host) + 1}\n")
        (home / "zoo.cfg").write_text(f"{SETTINGS}dataDir={home}\n{peers}")
        java = ["java", "-Xmx256m", "-Dzookeeper.jmx.log4j.disable=true", "-cp", f"{home}:/usr/share/java/zookeeper.jar"]
        return [*java, "org.apache.zookeeper.server.quorum.QuorumPeerMain", "zoo.cfg"]

    def _etcd(self, host, home):
        peers = ",".join(f"{each.name}=http://{each.address}:2380" for each in self.hosts)
        peer, client = f"http://{host.address}:2380", f"http://{host.address}:2379"
        argv = ["etcd", "--name", host.name, "--data-dir", str(home / "data"), "--initial-cluster", peers]
        argv += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        return [*argv, "--listen-client-urls", client, "--advertise-client-urls", client]

    def _named(self, line, host, home):
        values = {"name": host.name, "address": host.address, "home": home}
        values |= {each.name: each.address for each in self.hosts}
        return [word.format(**values) for word in shlex.split(line)]

    def leader(self, kind):
        """The host of the leader, None while there is none."""
        return next((host for host in self.hosts if getattr(self, f"_leads_{kind}")(host)), None)

    def _leads_zookeeper(self, host):
        ask = ["bash", "-c", f"exec 3<>/dev/tcp/{host.address}/2181 && echo srvr >&3 && cat <&3"]
        return "Mode: leader" in said(ask)

    def _leads_etcd(self, host):
        status = said(["etcdctl", f"--endpoints=http://{host.address}:2379", "endpoint", "status", "-w", "json"])
        try:
            one = json.loads(status)[0]["Status"]
        except (ValueError, IndexError):
            return False
        return one["leader"] == one["header"]["member_id"]

    def follower(self):
        """The host of a server that leads nobody."""
        leaders = self.leader("zookeeper"), self.leader("etcd")
        return next(host for host in self.hosts if host not in leaders)

    def kill(self, kind, host):
        process = self.processes[kind, host.name]
        process.kill()
        process.wait()

    def fake_clocks(self, environment):
        """Starts the ZooKeeper servers anew, with that in their environment."""
        self.faked = environment
        for host in self.hosts:
            self.kill("zookeeper", host)
            self.start("zookeeper", host)

    def slow_disks(self):
        """Each sync of every server's disk takes 1.5 s more."""
        for process in self.processes.values():
            argv = ["strace", "-f", "-qq", "-o", os.devnull, "-p", str(process.pid), "-e", "trace=fsync,fdatasync"]
            argv += ["-e", "inject=fsync,fdatasync:delay_enter=1500000"]
            self.tracers.append(subprocess.Popen(argv, stdin=NULL, stdout=NULL, stderr=NULL))

    def usual_disks(self):
        for tracer in self.tracers:
            tracer.terminate()
            tracer.wait()
        self.tracers.clear()


class Clock:
    """What the clock of the day says to a group of programs; their monotonic clocks stay as they are."""

    def __init__(self, folder, source):
        self.folder = folder
        self.library = folder / "clock.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", self.library, source], check=True)

    def environment(self, group):
        self.step(group, 0)
        return {"LD_PRELOAD": str(self.library), "CLOCK_STEP": str(self.folder / f"clock-{group}")}

    def step(self, group, seconds):
        # In its place: who has mapped the file sees it.
        file = os.open(self.folder / f"clock-{group}", os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(file, struct.pack("q", seconds * 10**9))
        os.close(file)


def said(argv):
    """What a command prints; nothing where it fails."""
    try:
        return subprocess.run(argv, stdin=NULL, capture_output=True, text=True, timeout=2).stdout
    except subprocess.TimeoutExpired:
        return ""


def until(what, condition, limit=60.0):
    """What the condition is at last."""
    end = time.monotonic() + limit
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit:g} s for {what}")
        time.sleep(0.05)
    return found
