"""Servers for a benchmark: on loopback, their data in a folder of the benchmark's, ended with it."""

import contextlib
import os
import socket
import subprocess
import sys
import time

NULL = open(os.devnull, "r+b")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, condition, limit=30.0):
    """Waits for a condition of a server or a process; polling is good enough for a benchmark's set-up."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited {limit:g} s for: {what}")
        time.sleep(0.01)


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Server:
    """A process in a folder of its own; ended with SIGKILL."""

    def __init__(self, argv, port, folder):
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(argv, stdin=NULL, stdout=self.log, stderr=self.log, cwd=folder)
        until(f"{argv[0]} on port {port}", lambda: answers(port))

    def end(self):
        self.process.kill()
        self.process.wait()


def zookeeper(folder):
    port = free_port()
    (folder / "zoo.cfg").write_text(
        f"tickTime=2000\ndataDir={folder}/data\nclientPort={port}\nclientPortAddress=127.0.0.1\n"
        "admin.enableServer=false\nmaxClientCnxns=0\n"
    )
    classpath = f"{folder}:/usr/share/java/zookeeper.jar"
    main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
    java = ["java", "-Xmx512m", "-Dzookeeper.jmx.log4j.disable=true", "-cp", classpath, main, "zoo.cfg"]
    return Server(java, port, folder), port
