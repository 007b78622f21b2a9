"""The faults: what is done to the holder of a lock, and how it is undone."""

import dataclasses
import signal
import typing

from hosts import descendants, resume, send, stop


def nothing(lab, runs=None):
    """Changes nothing."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """
    `before` and `after` stand around the whole of it; `command` is the kind of command that runs, `only` the wrappers for which it makes sense (all: empty), `local` whether it means
    something to a lock of one host. What is not `promised` is a limit that lockex's README names: shown, not judged.
    """

    name: str
    strike: typing.Callable
    heal: typing.Callable = nothing
    before: typing.Callable = nothing
    after: typing.Callable = nothing
    command: str = "plain"
    only: tuple = ()
    local: bool = False
    promised: bool = True
    near_follower: bool = False
    ends_holder: bool = True


def reach(lab, there, back):
    for server in lab.servers.hosts:
        lab.holder.reaches(server, there)
        server.reaches(lab.holder, back)


def whole_tree(run):
    return [run.holder.pid, *descendants(run.holder.pid)]


def kill_wrapper(lab, runs):
    for run in runs:
        send([run.holder.pid], signal.SIGKILL)


def kill_guard(lab, runs):
    for run in runs:
        guards = [pid for pid in descendants(run.holder.pid) if name(pid) == "sh" and pid not in run.command_tree()]
        send(guards[:1], signal.SIGKILL)


def name(pid):
    try:
        with open(f"/proc/{pid}/comm") as comm:
            return comm.read().strip()
    except OSError:
        return ""


def follower_cut(lab, yes):
    cut = lab.near
    for other in lab.servers.hosts:
        if other is not cut:
            cut.reaches(other, yes)
            other.reaches(cut, yes)


def kill_leaders(lab, runs):
    lab.killed = [(kind, lab.servers.leader(kind)) for kind in ("zookeeper", "etcd")]
    for kind, host in lab.killed:
        lab.servers.kill(kind, host)


def start_leaders(lab, runs):
    for kind, host in lab.killed:
        lab.servers.start(kind, host)


def delete_node(lab, runs):
    for run in runs:
        run.wrapper.delete(lab, run)


def step(group, seconds):
    return lambda lab, runs: lab.clock.step(group, seconds)


ALL = [
    Fault("holder's host cut off", lambda lab, _: reach(lab, False, False), lambda lab, _: reach(lab, True, True)),
    Fault("answers to it are lost", lambda lab, _: reach(lab, True, False), lambda lab, _: reach(lab, True, True)),
    Fault("its requests are lost", lambda lab, _: reach(lab, False, True), lambda lab, _: reach(lab, True, True)),
    Fault("wrapper killed", kill_wrapper, local=True),
    Fault(
        "wrapper stopped",
        lambda lab, runs: stop([run.holder.pid for run in runs]),
        lambda lab, runs: resume([run.holder.pid for run in runs]),
        local=True,
    ),
    Fault(
        "all of the tree stopped",
        lambda lab, runs: [stop(whole_tree(run)) for run in runs],
        lambda lab, runs: [resume(whole_tree(run)) for run in runs],
        local=True,
        promised=False,
    ),
    Fault("node, key or file deleted", delete_node, local=True, promised=False),
    Fault("leader killed", kill_leaders, start_leaders, ends_holder=False),
    Fault(
        "its follower cut from the rest",
        lambda lab, _: follower_cut(lab, False),
        lambda lab, _: follower_cut(lab, True),
        near_follower=True,
    ),
    Fault("its clock an hour ahead", step("holder", 3600), step("holder", 0), ends_holder=False),
    Fault(
        "the servers' clocks an hour ahead",
        step("servers", 3600),
        step("servers", 0),
        before=lambda lab: lab.servers.fake_clocks(lab.clock.environment("servers")),
        after=lambda lab: lab.servers.fake_clocks({}),
        ends_holder=False,
    ),
    Fault(
        "disks take 1.5 s more",
        lambda lab, _: lab.servers.slow_disks(),
        lambda lab, _: lab.servers.usual_disks(),
        ends_holder=False,
    ),
    Fault("wrapper of a daemon killed", kill_wrapper, command="daemon", local=True),
    Fault("wrapper of a pipeline killed", kill_wrapper, command="pipeline", local=True),
    Fault("guard killed", kill_guard, only=("lockex",)),
]
