#!/usr/bin/python3
"""More than clients should ask of a lockexd; src/bench/soak runs it.

    overload.py bodies [CONNECTIONS]   so many bodies that do not end, from one address (default 9000)
    overload.py names [SECONDS]        1,000 locks a second, each taken and released once (default 180)

Prints what it measured, and fails if it is over the bound. Needs Debian's zookeeper; lockexd is the image in
target/lockex, or $IMAGE's.
"""

import asyncio
import contextlib
import itertools
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
from loopback import free_port, zookeeper  # noqa: E402

IMAGE = pathlib.Path(os.environ.get("IMAGE") or pathlib.Path(__file__).resolve().parents[3] / "target" / "lockex")

# Milliseconds that an answer may take, on a port of its own: all of them. Where the flood comes in, 99 of 100.
ANSWER = 100
RATE = 1000
# Seconds that the node of a lock stays when nobody is there, with what the removal may lag.
KEPT = 75
BODY = b"POST /locks/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\n" + b"x" * 60_000


def asked(port, path):
    """Milliseconds of a question on a connection of its own: until it was connected, until it was answered."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), 60) as client:
        connected = time.monotonic()
        client.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        if not client.recv(65536).startswith(b"HTTP/1.1 200"):
            sys.exit(f"{path} is not answered with 200")
    return 1e3 * (connected - start), 1e3 * (time.monotonic() - start)


def flood(port, connections, open_ones):
    for _ in range(connections):
        client = socket.create_connection(("127.0.0.1", port), 60)
        open_ones.append(client)
        with contextlib.suppress(OSError):  # refused meanwhile, for want of room
            client.sendall(BODY)


def bodies(lockexd, port, _, connections=9000):
    own, open_ones = lockexd.own, []
    flooding = threading.Thread(target=flood, args=(port, connections, open_ones), daemon=True)
    taken = {port: [], own: []}
    for at, path in itertools.product(taken, ["/healthz", "/metrics"] * 50):
        asked(at, path)  # who watches it has asked before
    flooding.start()
    end = None
    while end is None or time.monotonic() < end:
        for at, path in itertools.product(taken, ("/healthz", "/metrics")):
            connected, answered = asked(at, path)
            taken[at].append((answered, connected, path))
        if end is None and not flooding.is_alive():
            end = time.monotonic() + 5
    print(f"{connections} bodies that do not end, ms until /healthz and /metrics are answered")
    for at, name in ((port, "the same port"), (own, "another port")):
        times = sorted(taken[at])
        worst, connected, path = times[-1]
        print(f"  {name}: {len(times)} answers, median {times[len(times) // 2][0]:.0f},"
              f" 99 % {times[len(times) * 99 // 100][0]:.0f}, worst {worst:.0f} ({path}, {connected:.0f} to connect)")
    return sorted(taken[port])[len(taken[port]) * 99 // 100][0] <= ANSWER and max(taken[own])[0] <= ANSWER


async def exchange(reader, writer, method, path, body=b""):
    writer.write(b"%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (method, path, len(body), body))
    head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head[1:] if line)
    await reader.readexactly(int(fields.get(b"content-length", 0)))
    return int(head[0].split()[1]), fields.get(b"location", b"")


async def client(port, begun, end, numbers):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"title": "t", "wait": 0, "lifetime": 60}).encode()
    while time.monotonic() < end:
        number = next(numbers)
        await asyncio.sleep(max(0, begun + number / RATE - time.monotonic()))
        status, url = await exchange(reader, writer, b"POST", b"/locks/name%d" % number, body)
        if status == 201:
            status, _ = await exchange(reader, writer, b"DELETE", b"/" + url.split(b"/", 3)[3])
        if status != 204:
            sys.exit(f"a lock that nobody has is answered with {status}")
    writer.close()


def nodes(zookeeper_port):
    with socket.create_connection(("127.0.0.1", zookeeper_port), 60) as server:
        server.sendall(b"srvr")
        text = b"".join(iter(lambda: server.recv(4096), b"")).decode()
    return int(text.split("Node count: ")[1].split()[0])


async def watched(lockexd, port, zookeeper_port, seconds):
    begun, numbers, most = time.monotonic(), itertools.count(), 0
    clients = [asyncio.create_task(client(port, begun, begun + seconds, numbers)) for _ in range(32)]
    while any(not each.done() for each in clients):
        await asyncio.sleep(5)
        now, count = time.monotonic() - begun, nodes(zookeeper_port)
        most = max(most, count)
        status = pathlib.Path("/proc", str(lockexd.process.pid), "status").read_text()
        resident = int(status.split("VmRSS:")[1].split()[0]) // 1024
        print(f"  {now:4.0f} s: {count} nodes, lockexd has {resident} MiB", flush=True)
    await asyncio.gather(*clients)
    done = next(numbers)
    print(f"{done} names, {done / seconds:.0f} a second: at most {most} nodes at once")
    return most <= max(1, done / seconds) * KEPT


def names(lockexd, port, zookeeper_port, seconds=180):
    return asyncio.run(watched(lockexd, port, zookeeper_port, seconds))


def main(what, *most):
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with tempfile.TemporaryDirectory(prefix="lockex-overload") as folder:
        server, at = zookeeper(pathlib.Path(folder))
        try:
            port, own = free_port(), free_port()
            other = ("-l", f"127.0.0.1:{own}")
            with figures.Lockexd(IMAGE, f"127.0.0.1:{at}", port, subprocess.DEVNULL, *other) as lockexd:
                lockexd.own = own
                if not {"bodies": bodies, "names": names}[what](lockexd, port, at, *map(int, most)):
                    sys.exit("over the bound")
        finally:
            server.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
