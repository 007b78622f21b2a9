"""The lock wrappers that are compared, each as its users start it."""

import pathlib
import shlex
import subprocess

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError

HERE = pathlib.Path(__file__).resolve().parent
IMAGE = HERE.parents[2] / "target" / "lockex"


class Wrapper:
    """`template` is a command line in which {zk}, {etcd}, {ttl}, {lock}, {file}, {address} and {command} are put in."""

    local = False

    def __init__(self, name, template):
        self.name = name
        self.template = template

    def argv(self, **values):
        return [word.format(**values) for word in shlex.split(self.template)]

    def delete(self, run):
        """Deletes what stands for the lock of the holder, as a stranger would."""
        raise LookupError("the bench does not know what to delete")

    def contenders(self, lab, client, lock):
        """How many nodes or keys the service has of that lock; None where nobody can say."""
        return None


class OnZooKeeper(Wrapper):
    def __init__(self, name, template, parent):
        super().__init__(name, template)
        self.parent = parent

    def delete(self, run):
        with Client(run.lab) as client:
            path = f"{self.parent}/{run.lock}"
            try:
                client.delete(f"{path}/{min(client.get_children(path), key=lambda node: node[-10:])}")
            except (NoNodeError, ValueError):
                raise LookupError("there is no node") from None

    def contenders(self, lab, client, lock):
        try:
            return len(client.get_children(f"{self.parent}/{lock}"))
        except NoNodeError:
            return 0


class OnEtcd(Wrapper):
    def keys(self, lab, lock):
        ask = ["etcdctl", f"--endpoints={lab.servers.etcd}", "get", "--prefix", "--keys-only", "--sort-by=CREATE", f"{lock}/"]
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()

    def delete(self, run):
        key = self.keys(run.lab, run.lock)[0]
        endpoints = f"--endpoints={run.lab.servers.etcd}"
        subprocess.run(["etcdctl", endpoints, "del", key], check=True, stdout=subprocess.DEVNULL)

    def contenders(self, lab, client, lock):
        return len(self.keys(lab, lock))


class OnFile(Wrapper):
    local = True

    def delete(self, run):
        try:
            run.file.unlink()
        except FileNotFoundError:
            raise LookupError("there is no file") from None


class Client:
    def __init__(self, lab):
        self.client = KazooClient(lab.servers.zookeeper)

    def __enter__(self):
        self.client.start(timeout=30)
        return self.client

    def __exit__(self, *_):
        self.client.stop()
        self.client.close()


def known(tools, named):
    """Those of the bench, with the command lines `named` for them or for others."""
    lockex, kazoo = (shlex.quote(str(tools / program)) for program in ("lockex/bin/lockex", "kazoo_lock.py"))
    lines = {
        "lockex": f"{lockex} -z {{zk}} --session-timeout {{ttl}} -i {{lock}} -- {{command}}",
        "etcdctl": "etcdctl --endpoints={etcd} lock --ttl={ttl} {lock} {command}",
        "kazoo": f"{kazoo} {{zk}} {{ttl}} {{lock}} {{command}}",
        "flock": "flock {file} {command}",
        **dict(named),
    }
    kinds = {
        "lockex": lambda name, line: OnZooKeeper(name, line, "/lockex"),
        "etcdctl": OnEtcd,
        "kazoo": lambda name, line: OnZooKeeper(name, line, "/kazoo"),
        "flock": OnFile,
    }
    return [kinds.get(name, Wrapper)(name, line) for name, line in lines.items()]
