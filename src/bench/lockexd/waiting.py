#!/usr/bin/env python3
"""Fills the queues of LOCKS locks with WAITING requests at once, then releases one after the other.

    waiting.py PORT PID [WAITING [LOCKS]]

Prints the resident memory of process PID (lockexd) with all of them waiting, and how long the next in
the queue waits for its answer after a release was sent. Fails if one gets the lock out of its turn.
Needs more than WAITING file descriptors (ulimit -n).
"""

import asyncio
import json
import sys
import time

HANDOVERS = 300


async def request(reader, writer, method, path, body=b""):
    writer.write(b"%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (method, path, len(body), body))
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    headers = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b": ")
        headers[name.lower()] = value
    await reader.readexactly(int(headers.get(b"content-length", 0)))
    return status, headers


def memory(pid):
    with open("/proc/%d/status" % pid) as lines:
        fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmRSS"].split()[0]) / 1024, int(fields["VmHWM"].split()[0]) / 1024


async def acquire(port, pid, lock, granted):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"title": "waiting", "wait": 3600, "lifetime": 3600}).encode()
    status, headers = await request(reader, writer, b"POST", b"/locks/wait%d-%d" % (pid, lock), body)
    assert status == 201, status
    url = b"/" + headers[b"location"].split(b"/", 3)[3]
    granted[lock].put_nowait((time.perf_counter(), int(headers[b"lockex-token"]), url))
    writer.close()


async def waiting(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    text = (await reader.read()).decode()
    writer.close()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("lockexd_waits_total "))


async def main(port, pid, many=10_000, locks=1):
    granted = [asyncio.Queue() for _ in range(locks)]
    print("before: %.0f MiB" % memory(pid)[0])
    tasks = []
    start = time.perf_counter()
    for i in range(many + locks):
        tasks.append(asyncio.create_task(acquire(port, pid, i % locks, granted)))
        if i % 100 == 99:
            await asyncio.sleep(0.01)
    while await waiting(port) < many:
        await asyncio.sleep(0.2)
    print("%d waiting after %.1f s: %.0f MiB, at most %.0f MiB" % (many, time.perf_counter() - start, *memory(pid)))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    last = [0] * locks
    for i in range(HANDOVERS):
        lock = i % locks
        _, token, url = await granted[lock].get()
        assert token > last[lock], "out of turn"
        last[lock] = token
        sent = time.perf_counter()
        status, _ = await request(reader, writer, b"DELETE", url)
        assert status == 204, status
        if not (i + locks < HANDOVERS):
            continue
        answer = await granted[lock].get()
        took.append(answer[0] - sent)
        granted[lock].put_nowait(answer)
    late = max(range(len(took)), key=took.__getitem__)
    took.sort()
    print("release to the next grant: median %.1f ms, 95 %% %.1f ms, worst %.1f ms (number %d of %d)"
          % (took[len(took) // 2] * 1e3, took[len(took) * 95 // 100] * 1e3, took[-1] * 1e3, late + 1, len(took)))
    print("at the end: %.0f MiB, at most %.0f MiB" % memory(pid))
    for task in tasks:
        task.cancel()


asyncio.run(main(*map(int, sys.argv[1:])))
