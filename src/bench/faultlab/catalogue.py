"""The faults: what is done to the holder of a lock, and how it is undone."""

import dataclasses
import signal
import subprocess
import typing

from hosts import descendants, resume, send, stop


def nothing(_):
    """Changes nothing."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """
    `strike` and `heal` are given each run. What is done to servers is `struck` once, and `mended` once, and stands `alone`;
    the others strike side by side, each at a host of its own. `before` and `after`, given the lab, stand around the whole.

    `command` is the kind of command that runs, `user` whose the holder is, `only` and `without` say for which wrappers it makes
    sense, `local` whether it means something to a lock of one host. What is not `promised` is a limit that lockex's README
    names: shown, not judged.
    """

    name: str
    strike: typing.Callable = nothing
    heal: typing.Callable = nothing
    struck: typing.Callable = nothing
    mended: typing.Callable = nothing
    before: typing.Callable = nothing
    after: typing.Callable = nothing
    command: str = "plain"
    user: str = ""
    only: tuple = ()
    without: tuple = ()
    local: bool = False
    alone: bool = False
    promised: bool = True
    faked_clock: bool = False
    near_follower: bool = False
    ends_holder: bool = True
    seconds: int = 0


def reach(there, back):
    def change(run):
        for server in run.lab.servers.hosts:
            run.host.reaches(server, there)
            server.reaches(run.host, back)

    return change


def whole_tree(run):
    return [run.holder.pid, *descendants(run.holder.pid)]


def kill_wrapper(run):
    send([run.holder.pid], signal.SIGKILL)


def kill_guard(run):
    guards = [pid for pid in descendants(run.holder.pid) if name(pid) == "sh" and pid not in run.command_tree()]
    if not guards:
        raise LookupError("there is no guard")
    send(guards[:1], signal.SIGKILL)


def name(pid):
    try:
        with open(f"/proc/{pid}/comm") as comm:
            return comm.read().strip()
    except OSError:
        return ""


def delete_lock(run):
    run.wrapper.delete(run)
    if run.wrapper.local:
        # Who has opened the deleted file goes on waiting for it; who comes now makes another.
        run.begin_waiting_anew()


def no_more_processes(run):
    """No process or thread can be made by the holder or its command any more; then its host is cut off."""
    each = 'for pid; do prlimit --pid "$pid" --nproc=1:1; done'
    subprocess.run([*run.as_user(), "sh", "-c", each, "sh", *map(str, whole_tree(run))], check=True)
    reach(False, False)(run)


def follower_cut(yes):
    def change(lab):
        for other in lab.servers.hosts:
            if other is not lab.near:
                lab.near.reaches(other, yes)
                other.reaches(lab.near, yes)

    return change


def kill_leaders(lab):
    lab.killed = [(kind, lab.servers.leader(kind)) for kind in ("zookeeper", "etcd")]
    for kind, host in lab.killed:
        lab.servers.kill(kind, host)


def start_leaders(lab):
    for kind, host in lab.killed:
        lab.servers.start(kind, host)


CUT, WHOLE = reach(False, False), reach(True, True)

ALL = [
    Fault("holder's host cut off", CUT, WHOLE),
    Fault("answers to it are lost", reach(True, False), WHOLE),
    Fault("its requests are lost", reach(False, True), WHOLE),
    Fault("host of a daemon cut off", CUT, WHOLE, command="daemon"),
    Fault("host of a pipeline cut off", CUT, WHOLE, command="pipeline"),
    Fault("no more processes, and cut off", no_more_processes, WHOLE, user="nobody"),
    Fault(
        "its clock an hour ahead",
        lambda run: run.lab.clock.step("holder", 3600),
        lambda run: run.lab.clock.step("holder", 0),
        faked_clock=True,
        ends_holder=False,
        # Go asks the kernel, and not the C library, for the time.
        without=("etcdctl",),
    ),
    Fault("wrapper killed", kill_wrapper, local=True),
    Fault("wrapper stopped", lambda run: stop([run.holder.pid]), lambda run: resume([run.holder.pid]), local=True),
    Fault(
        "all of the tree stopped",
        lambda run: stop(whole_tree(run)),
        lambda run: resume(whole_tree(run)),
        local=True,
        promised=False,
    ),
    Fault("node, key or file deleted", delete_lock, local=True, promised=False),
    Fault("wrapper of a daemon killed", kill_wrapper, command="daemon", local=True),
    Fault("wrapper of a pipeline killed", kill_wrapper, command="pipeline", local=True),
    Fault("guard killed", kill_guard, only=("lockex",)),
    Fault("leader killed", struck=kill_leaders, mended=start_leaders, alone=True, ends_holder=False),
    Fault(
        "its follower cut from the rest",
        struck=follower_cut(False),
        mended=follower_cut(True),
        alone=True,
        near_follower=True,
    ),
    Fault(
        "ZooKeeper's clocks an hour ahead",
        struck=lambda lab: lab.clock.step("servers", 3600),
        mended=lambda lab: lab.clock.step("servers", 0),
        before=lambda lab: lab.servers.fake_clocks(lab.clock.environment("servers")),
        after=lambda lab: lab.servers.fake_clocks({}),
        alone=True,
        ends_holder=False,
        without=("etcdctl",),
    ),
    Fault(
        "each sync to a disk takes 1.5 s more",
        struck=lambda lab: lab.servers.slow_disks(),
        mended=lambda lab: lab.servers.usual_disks(),
        alone=True,
        ends_holder=False,
        seconds=10,
    ),
]


def batches(faults, size, shuffled=None):
    """What strikes at a time: those at hosts of their own together, those at servers alone."""
    together = [fault for fault in faults if not fault.alone]
    if shuffled:
        shuffled(together)
    parts = [together[at : at + size] for at in range(0, len(together), size)]
    parts += [[fault] for fault in faults if fault.alone]
    if shuffled:
        shuffled(parts)
    return parts


def applies(fault, wrapper):
    named = wrapper.name in fault.only if fault.only else wrapper.name not in fault.without
    return named and (fault.local or not wrapper.local)
