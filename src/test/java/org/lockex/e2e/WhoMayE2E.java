package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Ports;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** Who may do what at lockexd, as curl and browsers ask for it. */
class WhoMayE2E {
  /** Of "geheim", as htpasswd -B writes it. */
  private static final String BCRYPT =
      "$2y$05$CCCCCCCCCCCCCCCCCCCCC.45cQhYr8.c/La2HgSVKoyKztMyAG9DO";

  private static final String LIST = "<methodCall><methodName>lock.list</methodName></methodCall>";

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private final List<Lockexd> started = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Lockexd lockexd : started) {
      lockexd.close();
    }
  }

  private Lockexd lockexd(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-z", zooKeeper.hosts()));
    all.addAll(List.of(options));
    Lockexd lockexd = new Lockexd(all.toArray(String[]::new));
    started.add(lockexd);
    return lockexd;
  }

  private String file(String name, String content) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, content);
    return file.toString();
  }

  /** The status that curl is answered with, the URL being the last argument. */
  private static int curl(String... arguments) {
    Programs.require("curl");
    List<String> command = new ArrayList<>(List.of("curl", "-s", "-o", "/dev/null"));
    command.addAll(List.of("-w", "%{http_code}", "--max-time", "20"));
    command.addAll(List.of(arguments));
    return Integer.parseInt(Image.start(Map.of(), new byte[0], command).end().out());
  }

  private static String output(String... arguments) {
    Programs.require("curl");
    List<String> command =
        new ArrayList<>(List.of("curl", "-s", "--max-time", "20", "-H", "Accept: text/html, */*"));
    command.addAll(List.of(arguments));
    return Image.start(Map.of(), new byte[0], command).end().out();
  }

  @Test
  void a_file_of_administrators_with_other_hashes_or_without_passwords_is_refused()
      throws Exception {
    for (String password :
        List.of(
            "$apr1$wI2lEtGW$TwOnrPZo9ESYUcZL6GDYg/",
            "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
            "$5$saltsalt$9eVOVLxLUQBmDFgWUIMqWnb6h5.RdQkxWpW8s9YIsQD",
            "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7O",
            "")) {
      String users = file("users", "# people\nbob:plain\nanna:" + password + "\n");
      Image.Result result =
          Image.start(
                  Map.of(),
                  new byte[0],
                  List.of(
                      Image.bin("lockexd"),
                      "-z",
                      zooKeeper.hosts(),
                      "--listen",
                      "127.0.0.1:" + Ports.free(),
                      "--admin-userpass-file",
                      users))
              .end();
      assertEquals(64, result.code(), result::err);
      Image.assertOneLine(result, "--admin-userpass-file: " + users + ":3: user anna has ");
    }
  }

  @Test
  void pages_of_other_sites_change_nothing_and_programs_do() throws Exception {
    Lockexd lockexd =
        lockexd(
            "--admin-userpass-file",
            "yes",
            "--allow-shutdown",
            "--lock-timeout",
            "10m",
            "--config",
            file("conf", "[general]\nDEFAULT_LOCK=xml\n"));
    String body = "{\"title\":\"t\",\"wait\":0,\"lifetime\":600}";
    String host = "127.0.0.1:" + lockexd.port;
    List<String> foreign =
        List.of(
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: http://127.0.0.1",
            "Origin: http://evil.example" + host,
            "Origin: http://evil.example://" + host,
            "Origin: http://" + host + ".evil.example",
            "Origin: http://evil@" + host,
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site");
    HttpResponse<String> held = lockexd.acquire("held", 0, 600);
    assertEquals(200, curl(lockexd.url("/LOCK/lines/me")));
    for (String header : foreign) {
      String text = "Content-Type: text/plain";
      assertEquals(
          403, curl("-H", header, "-H", text, "-d", body, lockexd.url("/locks/a")), header);
      assertEquals(403, curl("-H", header, "-H", text, "-d", LIST, lockexd.url("/RPC2")), header);
      assertEquals(403, curl("-H", header, lockexd.url("/LOCK/a/me")), header);
      assertEquals(403, curl("-H", header, lockexd.url("/UNLOCK/lines/me")), header);
      assertEquals(403, curl("-H", header, lockexd.url("/%55NLOCK/lines/me")), header);
      assertEquals(403, curl("-H", header, lockexd.url("/SHUTDOWN")), header);
      assertEquals(
          403, curl("-H", header, "-X", "DELETE", lockexd.url(Lockexd.path(held))), header);
      assertEquals(403, curl("-H", header, "-X", "DELETE", lockexd.url("/resources/held")), header);
      assertEquals(403, curl("-H", header, "-d", "one=held/x", lockexd.url("/break")), header);
      // What changes nothing may be asked: a link from elsewhere leads to the page.
      assertEquals(200, curl("-H", header, lockexd.url("/")), header);
    }
    assertEquals("1\n", lockexd.send("GET", "/VERIFY/lines/me", "").body());
    assertEquals("0\n", lockexd.send("GET", "/CHECK/a", "").body());
    assertEquals(200, lockexd.send("GET", Lockexd.path(held), "").statusCode());
    int i = 0;
    for (String own :
        List.of(
            "Origin: http://" + host,
            "Origin: HTTPS://" + host,
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Site: none",
            "X-None: of these")) {
      assertEquals(201, curl("-H", own, "-d", body, lockexd.url("/locks/own" + i)), own);
      assertEquals(200, curl("-H", own, "-d", LIST, lockexd.url("/RPC2")), own);
      assertEquals(200, curl("-H", own, lockexd.url("/LOCK/line" + i + "/me")), own);
      i++;
    }
    // As Lock::Server's own client: no header at all.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), lockexd.port)) {
      socket.getOutputStream().write("GET /UNLOCK/lines/me\r\n\r\n".getBytes(US_ASCII));
      assertEquals("1\n", new String(socket.getInputStream().readAllBytes(), US_ASCII));
    }
  }

  @Test
  void where_only_this_machine_comes_a_foreign_name_is_none_of_ours() throws Exception {
    Lockexd lockexd = lockexd("--admin-userpass-file", "yes");
    for (String name :
        List.of(
            "evil.example",
            "evil.example:" + lockexd.port,
            "127.0.0.1.evil.example",
            "localhost.evil.example")) {
      for (String path : List.of("/", "/events", "/resources", "/LOCK/a/me", "/metrics")) {
        assertEquals(421, curl("-H", "Host: " + name, lockexd.url(path)), name + path);
      }
    }
    for (String name :
        List.of("localhost", "LocalHost:8888", "127.0.0.1", "[::1]:8888", "10.0.0.7")) {
      assertEquals(200, curl("-H", "Host: " + name, lockexd.url("/")), name);
    }
    assertEquals(200, curl("--http1.0", "-H", "Host:", lockexd.url("/")));
    // Others reach this one, by whatever name.
    Lockexd open = lockexd("--listen", "0.0.0.0:" + Ports.free());
    assertEquals(200, curl("-H", "Host: locks.example", open.url("/")));
  }

  @Test
  void the_public_url_is_a_site_and_a_name_of_ours() throws Exception {
    Lockexd lockexd =
        lockexd("--listen", "0.0.0.0:" + Ports.free(), "--public-url", "https://locks.example");
    String body = "{\"title\":\"t\",\"wait\":0,\"lifetime\":600}";
    String own = "Origin: https://locks.example";
    // A proxy that keeps Host, and one that does not.
    assertEquals(
        201, curl("-H", own, "-H", "Host: locks.example", "-d", body, lockexd.url("/locks/a")));
    assertEquals(201, curl("-H", own, "-d", body, lockexd.url("/locks/b")));
    for (String other :
        List.of(
            "http://locks.example",
            "https://locks.example:8443",
            "https://xlocks.example",
            "https://locks.example.evil.example")) {
      assertEquals(403, curl("-H", "Origin: " + other, "-d", body, lockexd.url("/locks/c")), other);
    }
    assertEquals(200, curl("-H", "Host: Locks.example:8443", lockexd.url("/CHECK/a")));
    assertEquals(421, curl("-H", "Host: evil.example", lockexd.url("/CHECK/a")));
    // A page of that name could say this, too.
    Lockexd proxied = lockexd("--trusted-proxy", "127.0.0.0/8");
    assertEquals(
        421,
        curl(
            "-H",
            "Host: evil.example",
            "-H",
            "X-Forwarded-Host: localhost",
            proxied.url("/CHECK/a")));
  }

  @Test
  void who_is_no_administrator_learns_nothing_with_which_a_lock_could_be_released()
      throws Exception {
    Lockexd lockexd =
        lockexd(
            "-v",
            "--admin-userpass-file",
            file("users", "anna:" + BCRYPT + "\n"),
            "--config",
            file("conf", "[general]\nDEFAULT_LOCK=xml\nLOGLEVEL=superdebug\n"));
    String rdlm = lockexd.acquire("rest", 0, 600).headers().firstValue("Location").orElseThrow();
    String uid = rdlm.substring(rdlm.lastIndexOf('/') + 1);
    String query =
        """
        <methodCall><methodName>lock.query</methodName><params><param><value>xml</value></param>\
        <param><value>of a program</value></param></params></methodCall>\
        """;
    Matcher ticket =
        Pattern.compile("[0-9a-f]{32}").matcher(output("-d", query, lockexd.url("/RPC2")));
    assertTrue(ticket.find());
    String turn =
        """
        <methodCall><methodName>lock.wait</methodName><params><param><value>xml</value></param>\
        <param><value>TICKET</value></param><param><value><int>9</int></value></param></params>\
        </methodCall>\
        """;
    assertTrue(
        output("-d", turn.replace("TICKET", ticket.group()), lockexd.url("/RPC2"))
            .contains("granted"));
    String list = output("-d", LIST, lockexd.url("/RPC2"));
    assertTrue(list.contains("of a program"), list);
    StringBuilder seen = new StringBuilder(list);
    for (String path :
        List.of(
            "/",
            "/metrics",
            "/events",
            "/resources",
            "/resources/rest",
            "/healthz",
            "/readyz",
            "/CHECK/rest")) {
      seen.append(output("-i", lockexd.url(path)));
    }
    seen.append(output("-u", "anna:falsch", "-d", LIST, lockexd.url("/RPC2")));
    String anna = "anna:geheim";
    String shown = output("-u", anna, "-d", LIST, lockexd.url("/RPC2"));
    assertTrue(shown.contains(ticket.group()), shown);
    assertTrue(output("-u", anna, lockexd.url("/")).contains(uid));
    assertEquals(303, curl("-u", anna, "-d", "one=rest/" + uid, lockexd.url("/break")));
    assertEquals(0, lockexd.stop());
    seen.append(lockexd.said());
    assertTrue(seen.toString().contains("anna"), "the log is there");
    for (String capability : List.of(uid, ticket.group())) {
      assertFalse(seen.toString().contains(capability), seen::toString);
    }
  }

  @Test
  void the_log_says_who_broke_which_lock_in_one_line() throws Exception {
    Lockexd lockexd =
        lockexd("--admin-userpass-file", file("users", "anna:" + BCRYPT + "\nbob:plain\n"));
    String body = "{\"title\":\"pg_dump\\nanna at 1.2.3.4 broke x\",\"wait\":0,\"lifetime\":600}";
    String held =
        lockexd.send("POST", "/locks/backup", body).headers().firstValue("Location").orElseThrow();
    String form = "one=backup/" + held.substring(held.lastIndexOf('/') + 1);
    assertEquals(401, curl("-u", "anna:" + BCRYPT, "-d", form, lockexd.url("/break")));
    assertEquals(303, curl("-u", "anna:geheim", "-d", form, lockexd.url("/break")));
    assertEquals(
        404, lockexd.send("GET", held.substring(held.indexOf("/locks/")), "").statusCode());
    lockexd.acquire("deploy", 0, 600);
    assertEquals(204, curl("-u", "bob:plain", "-X", "DELETE", lockexd.url("/resources/deploy")));
    assertEquals(404, curl("-u", "bob:plain", "-X", "DELETE", lockexd.url("/resources/deploy")));
    assertEquals(0, lockexd.stop());
    List<String> broke = lockexd.said().lines().filter(line -> line.contains("broke")).toList();
    assertEquals(2, broke.size(), lockexd::said);
    assertTrue(
        broke
            .get(0)
            .startsWith(
                "lockexd: anna at 127.0.0.1 broke the lock backup: 'pg_dump?anna at 1.2.3.4"),
        broke::toString);
    assertTrue(
        broke.get(1).startsWith("lockexd: bob at 127.0.0.1 broke the lock deploy: '"),
        broke::toString);
  }
}
