#!/usr/bin/python3
"""A lock wrapper as kazoo's users write them; after the document of the Python lockex, whose own code is not at hand.

    kazoo_lock.py SERVERS TTL LOCK COMMAND

It goes on while the connection is suspended and ends the command when it is lost.
"""

import subprocess
import sys
import threading

from kazoo.client import KazooClient, KazooState


def main():
    servers, ttl, lock, command = sys.argv[1:]
    lost = threading.Event()
    client = KazooClient(servers, timeout=float(ttl))
    client.add_listener(lambda state: lost.set() if state == KazooState.LOST else None)
    client.start(timeout=30)
    with client.Lock(f"/kazoo/{lock}", "kazoo"):
        lost.clear()
        process = subprocess.Popen([command])
        while process.poll() is None:
            if lost.wait(0.1):
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                sys.exit(76)
    sys.exit(process.returncode)


if __name__ == "__main__":
    main()
