"""The hosts, the servers on them, and what is struck there."""

import concurrent.futures
import contextlib
import random
import shutil
import time

import check
import hosts
import wrappers
from run import Run
from servers import Clock, Servers, until

# How many faults strike side by side.
SIDE_BY_SIDE = 7
SERVERS = ["one", "two", "three"]


class Lab:
    """`folder` is one that every user can read; the programs run from copies there, which a new build does not change."""

    def __init__(self, folder, image, named_servers):
        self.folder = folder
        self.tools = folder / "tools"
        shutil.copytree(wrappers.HERE, self.tools)
        if image.is_dir():
            shutil.copytree(image, self.tools / "lockex", symlinks=True)
        holders = [f"holder{number}" for number in range(SIDE_BY_SIDE)]
        network = hosts.network([*SERVERS, "waiter", *holders])
        self.holders, self.waiter = [network[name] for name in holders], network["waiter"]
        self.clock = Clock(self.tools, self.tools / "clock.c")
        (folder / "servers").mkdir()
        self.servers = Servers([network[name] for name in SERVERS], folder / "servers", named_servers)
        self.near = None
        self.killed = []

    def strike(self, batch, pairs, round_, ttl):
        """Some faults for their wrappers, (fault, wrapper); yields what came of each: (run, verdict, processes left)."""
        for fault in batch:
            fault.before(self)
        until("both ensembles", self.servers.both_lead)
        self.near = self.servers.follower()
        runs = [
            Run(self, wrapper, fault, host, self.folder / f"{round_}-{in_path(fault.name)}-{wrapper.name}", ttl)
            for fault, host in zip(batch, self.holders)
            for struck, wrapper in pairs
            if struck is fault
        ]
        with concurrent.futures.ThreadPoolExecutor(len(runs)) as all_at_once:
            struck = self._contend(runs)
            list(all_at_once.map(Run.strike, struck))
            for fault in batch:
                fault.struck(self)
            begun = time.monotonic()
            with contextlib.suppress(TimeoutError):
                until("the next ones", lambda: all(run.next_runs() for run in struck if run.awaits_next()), 2 * ttl + 6)
            stays = max((max(fault.seconds, ttl + 2) for fault in batch if not fault.ends_holder), default=0)
            time.sleep(max(1, begun + stays - time.monotonic()))
            for fault in batch:
                fault.mended(self)
            list(all_at_once.map(Run.heal, struck))
            time.sleep(3)
            left = dict(zip(runs, all_at_once.map(Run.end, runs)))
        for fault in batch:
            fault.after(self)
        for run in runs:
            yield run, check.judge(run.records()), left[run]
            run.forget()

    def _contend(self, runs):
        """Starts holders, and waiters when those run; the runs that came so far."""
        for run in runs:
            run.start_holder([self.near] if run.fault.near_follower else self.servers.hosts)
        running = self._until_all(runs, Run.holds, "the command did not run", 60)
        for run in running:
            near = self.near if run.fault.near_follower else None
            run.start_waiter([host for host in self.servers.hosts if host is not near])
        with wrappers.Client(self) as client:

            def waits(run):
                return run.next_runs() or run.wrapper.contenders(self, client, run.lock) in (None, 2)

            waiting = self._until_all(running, waits, "nobody came to wait", 20)
        time.sleep(random.uniform(1, 2))
        return self._until_all(waiting, Run.stands, "the lock went on before the fault", 0)

    def _until_all(self, runs, condition, problem, limit):
        open_ = list(runs)

        def come():
            open_[:] = [run for run in open_ if not condition(run)]
            return not open_

        with contextlib.suppress(TimeoutError):
            until(problem, come, limit)
        for run in open_:
            run.problem, run.missed = problem, True
        return [run for run in runs if run not in open_]


def in_path(words):
    return "".join(letter for letter in words.replace(" ", "-") if letter.isalnum() or letter == "-")
