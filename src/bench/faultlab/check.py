#!/usr/bin/python3
"""Judges raw histories: did two run at once, and when did the next one run? Knows nothing of any lock tool.

    check.py HISTORY...

A record is "nanoseconds-since-boot pid event", of pid 0 the fault's: "fault" and "heals". A process runs from a record to its next
one if that comes within 0.1 s: what is stopped does not run. Prints a line for each history and exits with 1 where two ran at once.
"""

import collections
import itertools
import pathlib
import sys

GAP = 100_000_000

Verdict = collections.namedtuple("Verdict", "workers overlap late beside next writes")


def read(path):
    """(nanoseconds, pid, event) in the order of time; a last line that is not whole was never written."""
    lines = pathlib.Path(path).read_text().split("\n")[:-1]
    return sorted((int(at), int(pid), event) for at, pid, event in (line.split(" ", 2) for line in lines))


def stretches(times):
    """When one process ran, as (from, to)."""
    begin = last = times[0]
    for at in times[1:]:
        if at - last > GAP:
            yield begin, last
            begin = at
        last = at
    yield begin, last


def judge(records):
    """
    The number of workers; the milliseconds during which two or more ran; records of a worker after a later one
    had begun; workers that began while the kernel's lock was taken; milliseconds from the fault to the next worker's begin; all records.
    """
    by = collections.defaultdict(list)
    for at, pid, _ in records:
        if pid:
            by[pid].append(at)
    edges = sorted(
        edge for times in by.values() for begin, end in stretches(times) for edge in ((begin, 1), (end, -1))
    )
    running = overlap = 0
    for (at, step), (then, _) in itertools.pairwise([*edges, (0, 0)]) if edges else []:
        running += step
        if running > 1:
            overlap += then - at
    late = sum(
        1
        for times in by.values()
        for at in times
        if any(times[0] < other[0] < at for other in by.values())
    )
    beside = sum(event == "begins beside" for _, _, event in records)
    fault = next((at for at, pid, event in records if not pid and event == "fault"), None)
    after = [times[0] for times in by.values() if fault is not None and times[0] > fault]
    waited = (min(after) - fault) / 1e6 if after else None
    return Verdict(len(by), overlap / 1e6, late, beside, waited, sum(map(len, by.values())))


def main():
    bad = False
    for path in sys.argv[1:]:
        found = judge(read(path))
        waited = "nobody ran after it" if found.next is None else f"next after {found.next:.0f} ms"
        print(
            f"{path}: {found.workers} workers, {found.writes} records, overlap {found.overlap:.1f} ms, "
            f"{found.late} late records, {found.beside} begun beside another, {waited}"
        )
        bad |= found.overlap > 0 or found.late > 0 or found.beside > 0
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
