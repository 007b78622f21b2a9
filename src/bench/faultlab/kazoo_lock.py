#!/usr/bin/python3
"""A lock wrapper as kazoo's users write them; after the document of the Python lockex, whose own code is not at hand.

    kazoo_lock.py SERVERS TTL LOCK COMMAND

It goes on while the connection is suspended, ends the command when it is lost, and passes a SIGTERM on.
"""

import signal
import subprocess
import sys
import threading

from kazoo.client import KazooClient, KazooState


def main():
    servers, ttl, lock, command = sys.argv[1:]
    ends, lost = threading.Event(), []

    def changed(state):
        if state == KazooState.LOST:
            lost.append(state)
            ends.set()

    client = KazooClient(servers, timeout=float(ttl))
    client.add_listener(changed)
    client.start(timeout=30)
    with client.Lock(f"/kazoo/{lock}", "kazoo"):
        ends.clear()
        lost.clear()
        process = subprocess.Popen([command])
        signal.signal(signal.SIGTERM, lambda *_: ends.set())
        while process.poll() is None:
            if ends.wait(0.1):
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        sys.exit(76 if lost else process.returncode)


if __name__ == "__main__":
    main()
