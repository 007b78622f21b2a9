package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.fixture.TestZooKeeper;

/**
 * The image's lockcli.py, by Python 3 and, where there is one that runs, Python 2.7, which Debian
 * does not have any more.
 */
class LockcliE2E {
  private static final String PYTHON = "/usr/bin/python3";
  private static final String PYTHON2 = "python2.7";

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  private static Stream<String> pythons() {
    boolean two = run(Map.of(), "/bin/sh", "-c", PYTHON2 + " -c 'print(1)'").code() == 0;
    return two ? Stream.of(PYTHON, PYTHON2) : Stream.of(PYTHON);
  }

  private static Image.Result run(Map<String, String> environment, String... command) {
    return Image.start(environment, new byte[0], List.of(command)).end();
  }

  private static Image.Result run(String python, String base, String program) {
    return run(
        Map.of(
            "PYTHONPATH",
            Image.HOME.resolve("share").toString(),
            "PYTHONDONTWRITEBYTECODE",
            "1",
            "BASE",
            base),
        python,
        "-c",
        "from __future__ import print_function\nimport lockcli, os\n" + program);
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void it_takes_and_frees_with_a_secret_too(String python) throws Exception {
    Path config = Files.writeString(folder.resolve("c"), "[general]\nDEFAULT_LOCK: DefaultLock\n");
    Path secret = Files.writeString(folder.resolve("s"), "open sesame");
    try (Lockexd lockexd =
        new Lockexd(
            "-z",
            zooKeeper.hosts(),
            "--config",
            config.toString(),
            "--client-secret-file",
            secret.toString())) {
      Image.Result result =
          run(
              python,
              lockexd.url("/RPC2"),
              """
              l = lockcli.Lock(os.environ["BASE"], "DefaultLock", secret="open sesame")
              print(l.lock_query(u"\\u00dcbersicht"), l.lock_wait(), l.token() > 0, l.lock_release())
              print(lockcli.Lock(os.environ["BASE"], "NoLock", secret="open sesame").lock_query("x"))
              print(lockcli.Lock(os.environ["BASE"], "DefaultLock", secret="no").lock_query("x"))
              with_user = os.environ["BASE"].replace("//", "//any:open%20sesame@")
              l = lockcli.Lock(with_user, "DefaultLock")
              print(l.lock_query(), l.lock_wait(), l.lock_release())
              """);
      assertEquals(
          "True True True True\nFalse\nFalse\nTrue True True\n", result.out(), result.err());
    }
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void it_asks_again_and_forgets_no_ticket_before_it_is_released(String python) {
    Image.Result result =
        run(
            python,
            "",
            """
            import threading
            try:
                from xmlrpc.server import SimpleXMLRPCServer, SimpleXMLRPCRequestHandler
            except ImportError:
                from SimpleXMLRPCServer import SimpleXMLRPCServer, SimpleXMLRPCRequestHandler

            # How the next requests fail: an HTTP status, or 0: no answer, which Python's own client
            # bears once.
            failing = []
            calls = []
            pauses = []
            lockcli._pause = lambda: pauses.append(1)

            class Handler(SimpleXMLRPCRequestHandler):
                def do_POST(self):
                    if failing:
                        status = failing.pop()
                        if status:
                            self.send_response(status)
                            self.send_header("Content-Length", "0")
                            self.end_headers()
                        self.close_connection = True
                        return
                    SimpleXMLRPCRequestHandler.do_POST(self)
                def log_message(self, *args):
                    pass

            def answer(name, value):
                def called(*args):
                    calls.append((name,) + args[1:2])
                    return value
                return called

            server = SimpleXMLRPCServer(("127.0.0.1", 0), Handler, logRequests=False)
            server.register_function(answer("query", "ticket"), "lock.query")
            server.register_function(answer("wait", "granted"), "lock.wait")
            server.register_function(answer("release", True), "lock.release")
            thread = threading.Thread(target=server.serve_forever)
            thread.daemon = True
            thread.start()
            l = lockcli.Lock("http://127.0.0.1:%d/RPC2" % server.server_address[1], "DefaultLock")

            failing[:] = [503, 0, 0, 503]
            print(l.lock_query("info", retries=3), len(failing), len(pauses))
            failing[:] = [503, 0, 0]
            print(l.lock_query(info="info", retries=3), len(pauses))
            failing[:] = [503, 0, 0] * 30
            print(l.lock_wait(), len(failing))
            failing[:] = [0, 0, 503, 0, 0]
            print(l.lock_release(retries=3), len(failing))
            print(l.lock_query("again"), l.lock_release(), l.lock_release(), l.lock_wait())
            failing[:] = [401]
            del pauses[:]
            print(l.lock_query(), len(pauses))
            print(calls)
            """);
    assertEquals(
        """
        False 0 2
        True 4
        True 0
        False 0
        True True False False
        False 0
        [('query', 'info'), ('wait', 'ticket'), ('release', 'ticket'), ('query', 'again'), ('release', 'ticket')]
        """,
        result.out(),
        result.err());
  }
}
