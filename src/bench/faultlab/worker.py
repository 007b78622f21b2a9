#!/usr/bin/python3
"""What runs under the locks: writes down that it runs, a hundred times a second, and nothing else.

    worker.py HISTORY LOCKFILE

A record is "nanoseconds-since-boot pid event". "begins" says besides whether the kernel's own lock on LOCKFILE was free: it
is inherited by every process below and goes with the last of them, so it tells who still lives. At TERM it takes 0.3 s
to end, as who has something to write back.
"""

import fcntl
import os
import signal
import sys
import time


def main():
    history = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    kernel = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT, 0o666)
    os.set_inheritable(kernel, True)
    ending = []
    signal.signal(signal.SIGTERM, lambda *_: ending or ending.append(time.monotonic() + 0.3))

    def record(event):
        os.write(history, f"{time.clock_gettime_ns(time.CLOCK_BOOTTIME)} {os.getpid()} {event}\n".encode())

    try:
        fcntl.flock(kernel, fcntl.LOCK_EX | fcntl.LOCK_NB)
        record("begins")
    except BlockingIOError:
        record("begins beside")
    while not ending or time.monotonic() < ending[0]:
        record("runs")
        time.sleep(0.01)
    record("ends")


if __name__ == "__main__":
    main()
