"""Runs commands bare and under lockex in random conditions, and tells where the two differ.

starts.py LOCKEX HOSTS STARTS SEED [CASE]: case n of a seed is the same each time; CASE runs one.
"""
import ctypes, os, random, resource, selectors, shutil, signal, stat, sys, tempfile, time, traceback

LOCKEX, HOSTS, STARTS, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
LIBC = ctypes.CDLL(None, use_errno=True)
PATIENCE = 60
OURS = {1, 3, 64, 69, 70, 75, 76, 77, 78, 126, 127}  # documented; 1 and 3 are the runtime's

# Tells all that a command can see of its start; what lockex documents to add is left out.
WITNESS = rb"""
import os, resource, sys
see = [sys.argv[1:], os.umask(0), os.getpriority(os.PRIO_PROCESS, 0)]
see += [[e for e in open("/proc/self/environ", "rb").read().split(b"\0") if not e.startswith(b"LOCKEX_")]]
see += [[(f, os.readlink("/proc/self/fd/" + f)) for f in sorted(os.listdir("/proc/self/fd"))
  if os.path.exists("/proc/self/fd/" + f) and (f > "2" or len(f) > 1)]]
see += [os.readlink("/proc/self/cwd"), [resource.getrlimit(n) for n in range(10)]]
see += [l for l in open("/proc/self/status") if l[:6] in ("SigBlk", "SigIgn")]
see += [[os.path.exists("/proc/self/fd/%d" % n) for n in range(3)]]
data = os.read(0, 1 << 20) if see[-1][0] else b""
try:
    os.write(1, repr(see + [len(data)]).encode("utf-8", "surrogateescape"))
    os.write(2, b"a word\nand another\n")
except OSError:
    pass
sys.exit(len(see[0]) % 7)
"""

NASTY = [
    b"JAVA_TOOL_OPTIONS=-Xmx1k", b"_JAVA_OPTIONS=-bad", b"JDK_JAVA_OPTIONS=@none", b"_JAVA_SR_SIGNUM=12",
    b"MALLOC_ARENA_MAX=3", b"LC_ALL=C", b"LC_ALL=de_DE.ISO-8859-1", b"LANG=\xff", b"IFS=/", b"IFS=a-z", b"ENV=/none",
    b"PS4=x", b"PWD=/wrong", b"OLDPWD=", b"HOME=", b"TMPDIR=/none", b"POSIXLY_CORRECT=1", b"CDPATH=/", b"a.b=c",
    b"BASH_FUNC_x%%=() { :; }", b"no equals sign", b"=empty name", b"", b"PATH=/none", b"PATH=", b"CLASSPATH=/none", b"origin=1",
    b"home=/none", b"block=9", b"init=true", b"held=2", b"JAVA_HOME=/none", b"LD_BIND_NOW=1", b"set=-x", b"masks=f",
    b"LISTEN_FDS=2", b"LISTEN_PID=1", b"NOTIFY_SOCKET=/none", b"PPID=1", b"0=x", b"PS1=\n", b"TZ=:/none",
    b"MALLOC_CHECK_=3", b"GLIBC_TUNABLES=glibc.malloc.check=0", b"SHELLOPTS=xtrace", b"BASHOPTS=x",
]
VALID = [
    [b"-v"], [b"-q"], [b"-n"], [b"-t", b"30"], [b"-t", b"1ms"], [b"-k", b"1"], [b"-c", b"3"], [b"--hold", b"0.1"],
    [b"--once-per", b"1s"], [b"-T", b"40"], [b"--session-timeout", b"8s"], [b"--log-format", b"json"],
    [b"--stop-signal", b"QUIT"], [b"--metadata", b"none"], [b"-p", b"starts"], [b"-r", b"3"], [b"-E", b"9"],
]
INVALID = [
    [b"-c", b"0"], [b"-c"], [b"-t", b"x"], [b"--nope"], [b"-p", b"/zookeeper"], [b"-i", b"a/b"], [b"-i", b""], [b"-E", b"256"],
    [b"--hold", b"-1"], [b"-z", b"["], [b"-z", b""], [b"--zk-cert", b"/none"], [b"--stop-signal", b"X"], [b"--timeou", b"1"], [b"-xyz"],
    [b"--=", b"x"], [b"--log-format", b"xml"], [b"--once-per", b"1s", b"-c", b"2"], [b"@/none"], [b"-i", b"\xff\xfe"],
    [b"-z", b"127.0.0.1:1", b"-T", b"0.2"], [b"--embedded", b"/none"], [b"-s"], [b"-i", b"x" * 5000], [b"-t", b"1" * 400],
]
ENDING = [1, 2, 3, 6, 9, 10, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 40, 63, 64]
HARMLESS = [17, 18, 23, 28, 20, 21, 22]
RARE = {"NOFILE": (3, 70), "AS": (40 << 20, 1500 << 20), "NPROC": (1, 40), "STACK": (16 << 10, 4 << 20), "DATA": (1 << 20, 900 << 20),
        "FSIZE": (0, 9), "CORE": (0, 9), "MEMLOCK": (0, 9)}


class Case:
    """What is started, and how; made from the seed and the number alone."""

    def __init__(self, number):
        r = self.random = random.Random("%d:%d" % (SEED, number))
        self.number, self.reasons, self.env, self.limits = number, [], [b"PATH=/usr/bin:/bin"], {}
        self.id = b"starts-%d-%d" % (SEED, number)
        if r.random() < 0.3:
            self.env += r.sample(NASTY, r.randrange(1, 6))
        for _ in range(r.randrange(4)):
            self.env.append(self.bytes(12) + b"=" + self.bytes(r.choice([3, 30, 3000, 100000])))
        self.unprivileged = r.random() < 0.3
        if r.random() < 0.25:
            for name in r.sample(sorted(RARE), r.choice([1, 1, 1, 2])):
                self.limits[name] = r.randint(*RARE[name])
            self.reasons.append("limits")
            self.unprivileged |= "NPROC" in self.limits
        self.closed = r.sample([0, 1, 2], r.randrange(1, 4)) if r.random() < 0.2 else []
        self.opened = r.sample(range(3, 16), r.randrange(1, 9)) if r.random() < 0.2 else list(range(3, 10)) if r.random() < 0.05 else []
        self.cwd = r.choice(["deleted", "closed", "odd"]) if r.random() < 0.15 else ""
        self.umask = r.choice([0o22, 0, 0o77, 0o777])
        # Those of faults and CHLD are documented to be default in the command.
        self.ignored = r.sample([n for n in range(1, 32) if n not in (4, 5, 7, 8, 11, 17)], 3) if r.random() < 0.1 else []
        self.blocked = r.sample(range(1, 65), 3) if r.random() < 0.1 else []
        self.stdin = r.choice([b"", b"x", r.randbytes(70000)])
        self.session = r.random() < 0.5
        self.signal, self.at, self.whole = 0, r.random() * 0.2, r.random() < 0.3
        self.chosen()
        self.options = [b"-i", self.id] if r.random() < 0.95 else []
        for option in r.sample(VALID, r.choice([0, 0, 0, 1, 2, 3])):
            if all(pair - {option[0], *self.options} for pair in ({b"-c", b"--once-per"}, {b"-v", b"-q"})):
                self.options += option
        if r.random() < 0.1:
            self.options += r.choice(INVALID) if r.random() < 0.7 else [self.bytes(9)]
            self.reasons.append("options")
        self.options += [b"--"] if r.random() < 0.7 else []

    def bytes(self, most):
        return bytes(self.random.choice(b"abcXYZ019-_.=/ '\"$`\\\n\t;*?[]{}()<>|&!#%~\xff\xc3\xa4") for _ in range(self.random.randrange(1, most + 1)))

    def chosen(self):
        r = self.random
        words = [self.bytes(9) for _ in range(r.choice([0, 1, 3, 40, 1500]))]
        self.command = r.choice([
            [b"/usr/bin/python3", b"-I", b"-S", b"-c", WITNESS] + words, [b"/bin/echo"] + words, [b"/bin/cat"], [b"/bin/true"], [b"/bin/false"],
            [b"/bin/sh", b"-c", b"exit %d" % r.randrange(256)], [b"/bin/sh", b"-c", b"kill -%d $$" % r.choice(ENDING)],
            [b"/bin/sh", b"-c", b"echo out; echo err >&2; exit 3"]])
        if set(range(3, 10)) <= set(self.opened):  # what is documented not to reach it then
            self.reasons += ["deleted and no descriptor free"] * (self.cwd == "deleted")
            self.command = [b"/bin/echo"] + words
        if self.limits:
            self.command = r.choice([[b"/bin/echo"] + words, [b"/bin/true"], [b"/bin/cat"]])
        elif r.random() < 0.05:
            self.command = [r.choice([b"/none/x", b"/etc", b"/etc/passwd", b"none", b"", b"x" * 5000]), b"word"]
            self.reasons.append("not executable")
        elif r.random() < 0.35:
            self.signal = r.choice(ENDING) if r.random() < 0.8 else r.choice(HARMLESS)
            spared = self.signal in HARMLESS + self.ignored + self.blocked
            self.command = [b"/bin/sleep", b"0.4" if spared else b"50"]

    def __str__(self):
        told = {k: v for k, v in vars(self).items() if k not in ("random", "number", "id", "stdin") and v}
        return ", ".join("%s %s" % (k, str(v) if len(str(v)) < 400 else str(v)[:400] + "...") for k, v in told.items())


def array(words):
    return (ctypes.c_char_p * (len(words) + 1))(*words, None)


def become(case, words, env, folder):
    """In the child: the conditions, then the program."""
    os.setsid() if case.session else os.setpgid(0, 0)
    os.umask(0)
    gone = folder + "/" + {"odd": "\u00fc a=b:\n"}.get(case.cwd, "gone")
    os.mkdir(gone)
    os.chdir(gone)
    if case.cwd == "deleted":
        os.rmdir(gone)
    if case.cwd == "closed":
        os.chmod(gone, 0)
    os.umask(case.umask)
    for fd in case.opened:
        os.dup2(os.open("/etc/hostname", os.O_RDONLY), 100)
        os.dup2(100, fd, inheritable=True)
    os.closerange(16, 1024)
    for fd in range(3, 16):
        if fd not in case.opened:
            try:
                os.close(fd)
            except OSError:
                pass
    for fd in case.closed:
        os.close(fd)
    for number in range(1, 65):
        if number not in (9, 19, 32, 33):
            signal.signal(number, signal.SIG_IGN if number in case.ignored else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, set(case.blocked) - {32, 33})
    argv, envp, path = array(words), array(env), words[0]
    for name, value in case.limits.items():
        hard = resource.getrlimit(getattr(resource, "RLIMIT_" + name))[1]
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (value, hard))
    if case.unprivileged:
        os.setgroups([])
        os.setgid(47000 + case.number % WORKERS)
        os.setuid(47000 + case.number % WORKERS)
    LIBC.execve(path, argv, envp)
    os._exit(126 if ctypes.get_errno() == 13 else 127)


class Run:
    def __init__(self, case, words, env, signalled):
        folder = FOLDER + "/%d" % case.number  # the same for both runs, because it is seen
        os.mkdir(folder)
        pipes = [os.pipe() for _ in range(3)]
        # Until the child is what it is to be, no signal may find Python's own handlers in it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 65)) - {32, 33})
        pid = os.fork()
        if pid == 0:
            try:
                for n in range(3):
                    os.dup2(pipes[n][n > 0], 900 + n)
                for n in range(3):
                    os.dup2(900 + n, n, inheritable=True)
                become(case, words, env, folder)
            except BaseException as e:
                os.write(2, b"the fuzz: %r\n" % e)
            finally:
                os._exit(255)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        since = time.monotonic()
        for n in range(3):
            os.close(pipes[n][n > 0])
        self.texts, self.code, self.late = {1: b"", 2: b""}, None, ""
        steps = [(since + case.at, case.signal), (since + case.at + 0.1, 18)] if signalled else []
        self.watch(case, pid, pipes, since, steps)
        shutil.rmtree(folder, ignore_errors=True)
        self.out, self.err = self.texts[1], self.texts[2]

    def watch(self, case, pid, pipes, since, steps):
        ears = selectors.DefaultSelector()
        for n in (1, 2):
            ears.register(pipes[n][0], selectors.EVENT_READ, n)
        rest = case.stdin
        os.set_blocking(pipes[0][1], False)
        ears.register(pipes[0][1], selectors.EVENT_WRITE, 0)
        end = os.pidfd_open(pid)
        ears.register(end, selectors.EVENT_READ, 3)
        while len(ears.get_map()) > 0:
            now = time.monotonic()
            if now > since + PATIENCE:
                self.late = "does not end" if self.code is None else "its output stays open"
                os.killpg(pid, 9) if self.code is None else None
                break
            while steps and now >= steps[0][0]:
                _, number = steps.pop(0)
                if self.code is None:
                    try:
                        (os.killpg if case.whole else os.kill)(pid, number)
                    except ProcessLookupError:
                        os.kill(pid, number)  # it does not lead its group yet
            for key, _ in ears.select(max(0, (steps[0][0] if steps else now + 1) - now)):
                if key.data == 0:
                    try:
                        rest = rest[os.write(key.fd, rest):]
                    except OSError:
                        rest = b""
                    if not rest:
                        ears.unregister(key.fd)
                        os.close(key.fd)
                elif key.data == 3:
                    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    self.code = status if status >= 0 else 128 - status
                    ears.unregister(end)
                else:
                    text = os.read(key.fd, 1 << 16)
                    self.texts[key.data] += text
                    if not text:
                        ears.unregister(key.fd)
        if self.code is None:
            os.waitpid(pid, 0)
            self.code = -1
        for fd in (end, pipes[1][0], pipes[2][0]):
            os.close(fd)


def complaint(case, bare, run):
    """What is wrong with it; empty if nothing is."""
    if run.late:
        return run.late
    # What a shell says of a deleted directory before its first line, the launcher's and a command's.
    err, expected = (text.replace(b"sh: 0: getcwd() failed: No such file or directory\n", b"") for text in (run.err, bare.err))
    lines = err.splitlines()
    if b"-v" in case.options or b"json" in case.options:
        lines = lines[-1:]
    one = len(lines) == 1 and (b"lockex: " in lines[0] or lines[0].startswith(b'{"')) or not lines and 2 in case.closed
    if b"-v" in case.options or b"json" in case.options:
        lines = [line for line in err.splitlines() if not line.startswith((b"lockex: ", b'{"'))]
        err = b"".join(line + b"\n" for line in lines)
    if (run.code, run.out, err) == (bare.code, bare.out, expected):
        return ""
    if case.signal and run.code == 128 + case.signal and not run.out and not err:
        return "" if case.signal not in case.ignored + HARMLESS else "a signal that means nothing ended it"
    if case.limits.get("NOFILE", 99) < 12 and run.code in (2, 127):
        return ""  # the shell's own words
    if case.reasons and run.code in OURS and not run.out and (one or run.code in (75, 9) and not err):
        return ""
    return "differs"


def left(mark):
    """Processes of a case that are still there."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as file:
                if mark in file.read().split(b"\0"):
                    found.append(pid)
        except OSError:
            pass
    return found


def play(number, told):
    case = Case(number)
    mark = b"STARTS=%d:%d" % (SEED, number)
    bare = Run(case, [b"/bin/true"] if case.command[0] == b"/bin/sleep" else case.command, [mark] + case.env, False)
    words = [LOCKEX.encode()] + case.options + case.command
    run = Run(case, words, [b"ZKHOSTS=" + HOSTS.encode(), mark] + case.env, case.signal != 0)
    wrong = complaint(case, bare, run)
    until = time.monotonic() + 10
    while case.signal and left(mark):
        if time.monotonic() > until:
            wrong = wrong or "left behind: %s" % left(mark)
            break
        time.sleep(0.05)
    kind = "as bare" if (run.code, run.out) == (bare.code, bare.out) else "signal" if case.signal else "refused (%d)" % run.code
    if wrong:
        kind = "WRONG"
        shown = "".join("    %s: %d, %r, %r\n" % (name, r.code, r.out[-600:], r.err[:1200]) for name, r in (("bare", bare), ("lockex", run)))
        print("case %d: %s\n    %s\n%s" % (number, wrong, case, shown), end="", flush=True)
    told[kind] = told.get(kind, 0) + 1


def work(worker):
    told = {}
    for number in range(worker, STARTS, WORKERS):
        play(number, told)
    return told


WORKERS = os.cpu_count() or 1
FOLDER = tempfile.mkdtemp(prefix="starts")
os.chmod(FOLDER, 0o711)
# ZKHOSTS and the marks differ between the two runs.
WITNESS = WITNESS.replace(b'b"LOCKEX_"', b'(b"LOCKEX_", b"ZKHOSTS=%s")' % HOSTS.encode())
try:
    if len(sys.argv) > 5:
        told = {}
        play(int(sys.argv[5]), told)
        sys.exit("WRONG" in told)
    print("seed %d, %d starts" % (SEED, STARTS), flush=True)
    pipes, sums = [], {}
    for worker in range(WORKERS):
        reading, writing = os.pipe()
        if os.fork() == 0:
            try:
                os.write(writing, repr(work(worker)).encode())
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(writing)
        pipes.append(reading)
    for pipe in pipes:
        for kind, count in eval(os.fdopen(pipe).read() or "{'WRONG: a worker died': 1}").items():
            sums[kind] = sums.get(kind, 0) + count
    print(", ".join("%s %d" % pair for pair in sorted(sums.items())), flush=True)
    sys.exit(any(kind.startswith("WRONG") for kind in sums))
finally:
    shutil.rmtree(FOLDER, ignore_errors=True)
