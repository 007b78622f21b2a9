"""What src/bench/compare measures of lockexd: pairs a second from the first second on, start, memory, two of them."""

import contextlib
import http.client
import pathlib
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def requests(url, seconds):
    """Answers of 2xx a second to 16 connections that acquire and release locks on 5,000 resources."""
    wrk = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(HERE / "acquire-release.lua"), url]
    out = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
    done, took = re.search(r"(\d+) requests in ([\d.]+)s", out).groups()
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    lost = re.search(r"Socket errors: (.*)", out)
    if lost:
        sys.exit(f"compare: {url}: socket errors: {lost.group(1)}")
    return (int(done) - int(refused.group(1) if refused else 0)) / float(took)


def ready(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url + "/readyz", timeout=5) as answer:
        return answer.status == 200
    return False


class Lockexd:
    """One of an image's; ended with SIGKILL. `start_ms`: from exec until /readyz says so."""

    def __init__(self, image, zookeeper, port, log, *options):
        self.url = f"http://127.0.0.1:{port}"
        argv = [str(pathlib.Path(image, "bin", "lockexd")), "-z", zookeeper, "-l", f"127.0.0.1:{port}", *options]
        begun = time.monotonic()
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not ready(self.url):
            if time.monotonic() > begun + 30 or self.process.poll() is not None:
                sys.exit(f"compare: {argv[0]} is not ready")
            time.sleep(0.002)
        self.start_ms = 1e3 * (time.monotonic() - begun)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.process.kill()
        self.process.wait()


def starts(images, zookeeper, port, log, runs):
    """Milliseconds from exec until it is ready, by image, in turn."""
    taken = {str(image): [] for image in images}
    for _ in range(runs):
        for image in images:
            with Lockexd(image, zookeeper, port(), log) as one:
                taken[str(image)].append(one.start_ms)
    return taken


def rates(images, zookeeper, port, log, rounds):
    """Answers a second in the first ten seconds after ready, and warm, half a minute later; by image, in turn."""
    with Lockexd(images[0], zookeeper, port(), log) as one:
        requests(one.url, 20)  # ZooKeeper is to be warm for all of them
    taken = {str(image): [] for image in images}
    for _ in range(rounds):
        for image in images:
            with Lockexd(image, zookeeper, port(), log) as one:
                first = requests(one.url, 10)
                requests(one.url, 20)
                taken[str(image)].append((first, requests(one.url, 10)))
    return taken


def hold(url, locks):
    """Takes so many locks for an hour."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    for number in range(locks):
        connection.request("POST", f"/locks/scraped-{number}", '{"title":"t","wait":0,"lifetime":3600}')
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            sys.exit(f"compare: {answer.status} for the lock {number}")


def scrapes(image, zookeeper, port, log, locks=10000):
    """Milliseconds of /metrics with so many locks, 30 times; and answers a second without and with a scrape a second."""
    with Lockexd(image, zookeeper, port(), log, "--metrics-locks", str(2 * locks),
                 "--max-grants-per-client", str(2 * locks)) as one:
        hold(one.url, locks)
        taken = []
        for _ in range(30):
            begun = time.monotonic()
            text = urllib.request.urlopen(one.url + "/metrics", timeout=30).read().decode()
            taken.append(1e3 * (time.monotonic() - begun))
        if text.count("lockex_held_seconds{") != locks:
            sys.exit("compare: not every lock is in the metrics")
        requests(one.url, 20)
        pairs = []
        for _ in range(3):
            quiet = requests(one.url, 10)
            over = threading.Event()
            scraper = threading.Thread(target=scrape, args=(one.url, over))
            scraper.start()
            pairs.append((quiet, requests(one.url, 10)))
            over.set()
            scraper.join()
        return taken, pairs


def scrape(url, over):
    while not over.wait(1):
        urllib.request.urlopen(url + "/metrics", timeout=30).read()


def waiting(image, zookeeper, port, log, locks):
    """What waiting.py says of 10,000 requests that wait."""
    at = port()
    with Lockexd(image, zookeeper, at, log, "--max-waiting-per-client", "20000") as one:
        script = [str(HERE / "waiting.py"), str(at), str(one.process.pid), "10000", str(locks)]
        return subprocess.run(["sh", "-c", 'ulimit -n "$(ulimit -Hn)"; exec "$@"', "sh", *script],
                              capture_output=True, text=True, check=True).stdout


@contextlib.contextmanager
def balancer(folder, port, backends):
    """One address for several lockexds: connections in turn, by HAProxy."""
    servers = "".join(f"  server s{i} {url.removeprefix('http://')}\n" for i, url in enumerate(backends))
    config = folder / "haproxy.cfg"
    config.write_text(
        "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  timeout server 1m\n"
        f"listen all\n  bind 127.0.0.1:{port}\n  balance roundrobin\n{servers}")
    process = subprocess.Popen(["haproxy", "-db", "-f", str(config)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        while not ready(url):
            time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def one_and_two(image, zookeeper, port, log, folder, rounds):
    """Answers a second of one lockexd and of two behind one address, warm, in turn, and the ratio."""
    with contextlib.ExitStack() as stack:
        urls = [stack.enter_context(Lockexd(image, zookeeper, port(), log)).url for _ in range(2)]
        one = stack.enter_context(balancer(folder, port(), urls[:1]))
        both = stack.enter_context(balancer(folder, port(), urls))
        for url in (one, both):
            requests(url, 20)
        taken = [(requests(one, 10), requests(both, 10)) for _ in range(rounds)]
    ratio = statistics.median(two / one for one, two in taken)
    return [*(statistics.median(values) for values in zip(*taken)), ratio]
