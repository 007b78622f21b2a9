"""The lock wrappers that are compared, each as its users start it."""

import pathlib
import shlex
import subprocess

from kazoo.client import KazooClient

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

    def delete(self, lab, run):
        """Deletes what stands for the lock of the holder, as a stranger would."""

    def left(self, lab, lock):
        """What stands in the service when nobody contends any more."""
        return None


class OnZooKeeper(Wrapper):
    def __init__(self, name, template, parent):
        super().__init__(name, template)
        self.parent = parent

    def delete(self, lab, run):
        with Client(lab) as client:
            path = f"{self.parent}/{run.lock}"
            client.delete(f"{path}/{min(client.get_children(path), key=lambda node: node[-10:])}")

    def left(self, lab, lock):
        with Client(lab) as client:
            path = f"{self.parent}/{lock}"
            return len(client.get_children(path)) if client.exists(path) else 0


class OnEtcd(Wrapper):
    def keys(self, lab, lock):
        ask = ["etcdctl", f"--endpoints={lab.servers.etcd}", "get", "--prefix", "--keys-only", "--sort-by=CREATE", f"{lock}/"]
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()

    def delete(self, lab, run):
        key = self.keys(lab, run.lock)[0]
        subprocess.run(["etcdctl", f"--endpoints={lab.servers.etcd}", "del", key], check=True, stdout=subprocess.DEVNULL)

    def left(self, lab, lock):
        return len(self.keys(lab, lock))


class OnFile(Wrapper):
    local = True

    def delete(self, lab, run):
        run.file.unlink()


class Client:
    def __init__(self, lab):
        self.client = KazooClient(lab.servers.zookeeper)

    def __enter__(self):
        self.client.start(timeout=30)
        return self.client

    def __exit__(self, *_):
        self.client.stop()
        self.client.close()


def known():
    yield OnZooKeeper(
        "lockex",
        f"{shlex.quote(str(IMAGE / 'bin' / 'lockex'))} -z {{zk}} --session-timeout {{ttl}} -i {{lock}} -- {{command}}",
        "/lockex",
    )
    yield OnEtcd("etcdctl", "etcdctl --endpoints={etcd} lock --ttl={ttl} {lock} {command}")
    yield OnZooKeeper("kazoo", f"{shlex.quote(str(HERE / 'kazoo_lock.py'))} {{zk}} {{ttl}} {{lock}} {{command}}", "/kazoo")
    yield OnFile("flock", "flock {file} {command}")
