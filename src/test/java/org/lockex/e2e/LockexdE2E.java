package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** lockexd of the image with clients that people have, and with lockex. */
@TestInstance(Lifecycle.PER_CLASS)
class LockexdE2E {
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private Lockexd lockexd;

  @BeforeAll
  void start() throws Exception {
    Path config = Files.createTempFile("lockserver", ".conf");
    Files.writeString(
        config,
        """
        [general]
        # set to localhost if you do not want access from outside this server
        SERVER=127.0.0.1
        PORT=0
        LOGLEVEL=debug
        LIFECYCLE_PERIOD=1
        DEFAULT_LOCK=DefaultLock
        DEFAULT_LOCK_SIZE=2
        DEFAULT_LOCK_GRACE_TIME=10
        DEFAULT_LOCK_EXPIRATION_TIME=1200
        DEFAULT_LOCK_MAX_LOCK_TIME=1200

        [single]
        LOCK_SIZE=1
        """);
    lockexd =
        new Lockexd(
            "-z", zooKeeper.hosts(), "--config", config.toString(), "--admin-userpass-file", "yes");
    Files.delete(config);
  }

  @AfterAll
  void stop() throws Exception {
    lockexd.close();
  }

  private Image.Result run(String... command) {
    return Image.start(
            Map.of("PYTHONPATH", Image.HOME.resolve("share").toString(), "BASE", lockexd.url("")),
            new byte[0],
            List.of(command))
        .end();
  }

  @Test
  void the_program_of_a_lockserver_runs_as_it_is() {
    Image.Result result =
        run(
            PYTHON,
            "-c",
            """
            import lockcli, os, socket
            l = lockcli.Lock(os.environ["BASE"] + "/RPC2", "DefaultLock")
            if l.lock_query("i queried a lock from %s" % socket.gethostname()):
                print("lock queried")
                if l.lock_wait():
                    print("lock acquired", l.token() > 0)
                    print("lock released", l.lock_release())
                else:
                    print("could not get lock")
            else:
                print("could not query for lock")
            print(lockcli.Lock(os.environ["BASE"] + "/RPC2", "NoLock").lock_query("x"))
            print(lockcli.Lock("http://127.0.0.1:1/RPC2", "DefaultLock").lock_query("x"))
            """);
    assertEquals(
        "lock queried\nlock acquired True\nlock released True\nFalse\nFalse\n",
        result.out(),
        result.err());
  }

  @Test
  void pythons_own_xmlrpc_client_lists_locks() {
    Image.Result result =
        run(
            PYTHON,
            "-c",
            """
            import os, xmlrpc.client
            s = xmlrpc.client.ServerProxy(os.environ["BASE"] + "/RPC2")
            print(sorted((l["name"], l["size"]) for l in s.lock.list()))
            print("lock.wait" in s.system.listMethods(), s.system.methodSignature("lock.release"))
            try:
                s.lock.query("none", "x")
            except xmlrpc.client.Fault as f:
                print(f.faultCode, f.faultString)
            """);
    assertEquals(
        """
        [('DefaultLock', 2), ('single', 1)]
        True [['boolean', 'string', 'string']]
        1 no such lock: none
        """,
        result.out(),
        result.err());
  }

  @Test
  void pythons_requests_run_the_examples_of_rdlm() {
    Programs.require(Programs.PYTHON_REQUESTS);
    Image.Result result =
        run(
            PYTHON,
            "-c",
            """
            import json, os, requests
            BASE_URL = os.environ["BASE"]
            raw_body = json.dumps({"title": "just an indicative client title", "lifetime": 300, "wait": 1})
            r = requests.post("%s/locks/%s" % (BASE_URL, "resource1"), data=raw_body)
            print(r.status_code)
            lock_url = r.headers['Location']
            print(requests.post("%s/locks/%s" % (BASE_URL, "resource1"), data=raw_body).status_code)
            print(requests.get(lock_url).json()["active"])
            print(requests.delete(lock_url).status_code, requests.delete(lock_url).status_code)
            """);
    assertEquals("201\n408\nTrue\n204 404\n", result.out(), result.err());
  }

  @Test
  void perl_sends_bare_lines_and_reads_one() {
    Image.Result result =
        run(
            "perl",
            "-MIO::Socket::INET",
            "-e",
            """
            ($base) = $ENV{BASE} =~ m{//(.*)};
            for my $path (qw(PING CHECK/KEYA LOCK/KEYA/CLIENT_A VERIFY/KEYA/CLIENT_A UNLOCK/KEYA/CLIENT_A)) {
              my $sock = new IO::Socket::INET($base) or die "$!";
              $sock->print("GET /$path\\n\\n");
              my $resp = <$sock>;
              chomp $resp;
              print $resp > 1 ? "time" : $resp, "\\n";
              $sock->close;
            }
            """);
    assertEquals("1\n0\ntime\n1\n1\n", result.out(), result.err());
  }

  @Test
  void curl_takes_and_frees() {
    Programs.require("curl");
    Image.Result result =
        run(
            "sh",
            "-c",
            """
            curl -s -o /dev/null -w '%{http_code} %header{lockex-token}\\n' \
              -d '{"title": "c", "wait": 1, "lifetime": 30}' "$BASE/locks/curl" | sed 's/ [0-9][0-9]*$/ token/'
            curl -s -X DELETE -w '%{http_code}\\n' "$BASE/resources/curl"
            """);
    assertEquals("201 token\n204\n", result.out(), result.err());
  }

  @Test
  void a_lease_and_a_command_exclude_each_other() throws Exception {
    HttpResponse<String> held = lockexd.acquire("job", 1, 60);
    assertEquals(201, held.statusCode());
    String hosts = zooKeeper.hosts();
    assertEquals(75, Image.lockex(hosts, "-n", "-i", "job", "--", "true").code());
    Image.Running waiting = Image.startLockex(hosts, "-i", "job", "--", "echo", "ran");
    Poll.until("the command waits", () -> contenders("job") == 2);
    assertEquals(204, lockexd.send("DELETE", Lockexd.path(held), "").statusCode());
    assertEquals("ran\n", waiting.end().out());

    Image.Running command = Image.startLockex(hosts, "-i", "job", "--", "sleep", "60");
    Poll.until("the command holds", () -> contenders("job") == 1);
    assertEquals(408, lockexd.acquire("job", 0.2, 60).statusCode());
    CompletableFuture<HttpResponse<String>> next =
        CompletableFuture.supplyAsync(() -> {
          try {
            return lockexd.acquire("job", 20, 60);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    Poll.until("the request waits", () -> contenders("job") == 2);
    command.signal("TERM");
    command.end();
    HttpResponse<String> granted = next.get(10, TimeUnit.SECONDS);
    assertEquals(201, granted.statusCode());
    assertEquals(204, lockexd.send("DELETE", Lockexd.path(granted), "").statusCode());
  }

  @Test
  void a_counting_lock_counts_commands_too() throws Exception {
    String hosts = zooKeeper.hosts();
    Image.Running one =
        Image.startLockex(hosts, "-c", "2", "-i", "DefaultLock", "--", "sleep", "60");
    Poll.until("the command holds", () -> contenders("DefaultLock") == 1);
    String program =
        """
        import lockcli, os, sys
        lockcli.Lock.CALL_SECONDS = 1
        l = lockcli.Lock(os.environ["BASE"] + "/RPC2", "DefaultLock")
        print(l.lock_query("q") and l.lock_wait(), flush=True)
        sys.stdin.read()
        print(l.lock_release())
        """;
    Image.Result second = run(PYTHON, "-c", program);
    assertEquals("True\nTrue\n", second.out(), second.err());
    assertEquals(
        78, Image.lockex(hosts, "-n", "-c", "3", "-i", "DefaultLock", "--", "true").code());
    assertEquals(422, lockexd.acquire("DefaultLock", 0, 5).statusCode());
    Image.Running two =
        Image.startLockex(hosts, "-c", "2", "-i", "DefaultLock", "--", "sleep", "60");
    Poll.until("both commands hold", () -> contenders("DefaultLock") == 2);
    Image.Result third =
        run(
            PYTHON,
            "-c",
            """
            import os, xmlrpc.client
            lock = xmlrpc.client.ServerProxy(os.environ["BASE"] + "/RPC2").lock
            ticket = lock.query("DefaultLock", "q")
            print(lock.wait("DefaultLock", ticket, 0.3))
            lock.release("DefaultLock", ticket)
            """);
    assertEquals("waiting\n", third.out(), third.err());
    for (Image.Running command : List.of(one, two)) {
      command.signal("TERM");
      command.end();
    }
  }

  private int contenders(String lock) throws Exception {
    String body = lockexd.send("GET", "/resources/" + lock, "").body();
    return body.split("\"uid\"", -1).length - 1;
  }

  @Test
  void it_ends_by_sigterm_with_code_0_and_answers_who_waits_with_503() throws Exception {
    try (Lockexd mortal = new Lockexd("-z", zooKeeper.hosts())) {
      HttpResponse<String> held = mortal.acquire("stopped", 1, 60);
      CompletableFuture<HttpResponse<String>> waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              return mortal.acquire("stopped", 20, 60);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      Poll.until("the request waits", () -> contenders("stopped") == 2);
      assertEquals(0, mortal.stop());
      assertEquals(503, waiting.get(5, TimeUnit.SECONDS).statusCode());
      Poll.until("it left the queue", () -> contenders("stopped") == 1);
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(held), "").statusCode());
    }
  }

  @Test
  void an_embedded_server_keeps_its_grants_over_a_kill() throws Exception {
    String data = folder.resolve("data").toString();
    try (Lockexd alone = new Lockexd("--embedded", data)) {
      HttpResponse<String> held = alone.acquire("kept", 1, 60);
      assertEquals(201, held.statusCode());
      alone.crash();
      alone.restart();
      assertEquals(408, alone.acquire("kept", 0, 60).statusCode());
      assertEquals(204, alone.send("DELETE", Lockexd.path(held), "").statusCode());
    }
  }

  @Test
  void with_local_it_shares_the_locks_of_lockex_local() throws Exception {
    try (LocalUser user = LocalUser.make();
        Lockexd local = new Lockexd(user, "--local")) {
      HttpResponse<String> held = local.acquire("lockexd-e2e", 1, 60);
      assertEquals(201, held.statusCode());
      String[] command = {"--local", "-n", "-i", "lockexd-e2e", "--", "true"};
      assertEquals(75, user.run("lockex", command).code());
      assertEquals(204, local.send("DELETE", Lockexd.path(held), "").statusCode());
      assertEquals(0, user.run("lockex", command).code());
    }
  }

  @Test
  void it_speaks_tls() throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("cert.pem");
    Image.Result made =
        run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString());
    assertEquals(0, made.code(), made.err());
    String program =
        """
        import socket, ssl, subprocess, sys, time, urllib.request
        p = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        port = p.stderr.readline().strip().rsplit(":", 1)[1]
        context = ssl.create_default_context(cafile=sys.argv[1])
        context.check_hostname = False
        print(urllib.request.urlopen("https://127.0.0.1:%s/PING" % port, context=context).read())
        for line in b"LOCK/a b/c", b"VERIFY/a b/c", b"LOCK/a b/d", b"locks/x", b"UNLOCK/a b/c":
          with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as s:
            s.sendall(b"GET /" + line + b"\\n\\n")
            answer = s.makefile("rb").read()
            print(answer if len(answer) < 9 else answer.count(b"."))
        p.terminate()
        """;
    Image.Result result =
        run(
            PYTHON,
            "-c",
            program,
            certificate.toString(),
            Image.bin("lockexd"),
            "-v",
            "-z",
            zooKeeper.hosts(),
            "-l",
            "127.0.0.1:0",
            "--tls-cert",
            certificate.toString(),
            "--tls-key",
            key.toString(),
            "--lock-timeout",
            "30",
            "--attempt-timeout",
            "1");
    assertEquals("b'1\\n'\n1\nb'1\\n'\nb'0\\n'\nb''\nb'1\\n'\n", result.out(), result.err());
  }

  @Test
  void systemd_is_told_when_it_is_ready() throws Exception {
    Path socket = folder.resolve("notify");
    String program =
        """
        import os, socket, subprocess, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(sys.argv[1])
        s.settimeout(30)
        p = subprocess.Popen(sys.argv[2:], env=dict(os.environ, NOTIFY_SOCKET=sys.argv[1]))
        print(s.recv(100).decode())
        p.terminate()
        print(s.recv(100).decode())
        print(p.wait())
        """;
    Image.Result result =
        run(
            PYTHON,
            "-c",
            program,
            socket.toString(),
            Image.bin("lockexd"),
            "-z",
            zooKeeper.hosts(),
            "-l",
            "127.0.0.1:0");
    assertEquals("READY=1\nSTOPPING=1\n0\n", result.out(), result.err());
  }

  @Test
  void with_json_every_line_is_an_object_those_of_libraries_too() throws Exception {
    try (Lockexd debugging =
        new Lockexd("-z", zooKeeper.hosts(), "--debug", "--log-format", "json")) {
      assertEquals(0, debugging.stop());
      List<String> lines = debugging.said().lines().toList();
      assertTrue(lines.stream().anyMatch(line -> line.contains("zookeeper")), lines.toString());
      for (String line : lines) {
        JsonNode object = new ObjectMapper().readTree(line);
        for (String member : List.of("time", "level", "program", "message")) {
          assertTrue(object.path(member).isTextual(), line);
        }
      }
    }
  }

  @Test
  void a_bad_command_line_is_one_line_and_64() {
    for (String[] args :
        new String[][] {
          {"--listen", "x"},
          {"--tls-cert", "/nowhere"},
          {"--config", "/nowhere"},
          {"--admin-userpass-file", "/nowhere"},
          {"--client-secret-file", "/nowhere"},
          {"--embedded", "/tmp/x", "-z", "h:1"},
          {"--nonsense"}
        }) {
      Image.Result result =
          Image.start(Map.of(), new byte[0], Image.with(Image.bin("lockexd"), args)).end();
      assertEquals(64, result.code(), String.join(" ", args));
      assertEquals(1, result.err().lines().count(), result.err());
      assertTrue(result.err().startsWith("lockexd: "), result.err());
    }
    assertTrue(
        new String(run(Image.bin("lockexd"), "--help").stdout(), UTF_8).contains("--listen"));
  }
}
