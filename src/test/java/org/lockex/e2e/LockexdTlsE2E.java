package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** TLS at lockexd, and files that are replaced while it runs, with curl and openssl. */
class LockexdTlsE2E {
  private static final String NAMES = "IP:127.0.0.1,DNS:localhost";

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private Authority authority;
  private Path certificate;
  private Path key;
  private Path stderr;

  @BeforeEach
  void prepare() throws Exception {
    Programs.require("curl");
    authority = new Authority(folder, "authority");
    certificate = folder.resolve("cert.pem");
    key = folder.resolve("key.pem");
    stderr = folder.resolve("stderr");
    use(authority.sign("one", NAMES));
  }

  /** As one does it: each file is written beside, and renamed, one after the other. */
  private void use(Authority.Signed pair) throws IOException {
    replace(pair.certificate(), certificate);
    replace(pair.key(), key);
  }

  private void replace(Path from, Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".new");
    Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private final class Running implements AutoCloseable {
    final int port = Ports.free();
    final Process process;

    Running(String... options) throws Exception {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "/usr/bin/env",
                  "--default-signal",
                  Image.bin("lockexd"),
                  "-v",
                  "-z",
                  zooKeeper.hosts(),
                  "-l",
                  "127.0.0.1:" + port,
                  "--tls-cert",
                  certificate.toString(),
                  "--tls-key",
                  key.toString()));
      command.addAll(List.of(options));
      process = new ProcessBuilder(command).redirectError(stderr.toFile()).start();
      Poll.until("it listens", () -> said().contains("listening on"));
    }

    /** What curl prints: the status, or how it failed. */
    String curl(String path, String... options) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "curl",
                  "-s",
                  "-S",
                  "--max-time",
                  "10",
                  "-o",
                  "/dev/null",
                  "-w",
                  "%{http_code}",
                  "--cacert",
                  authority.certificate().toString()));
      command.addAll(List.of(options));
      command.add("https://127.0.0.1:" + port + path);
      Image.Result result = Image.start(Map.of(), new byte[0], command).end();
      return result.code() == 0 ? result.out() : result.err();
    }

    /** The subject of the certificate that a new connection is shown. */
    String shown() {
      return Image.start(
              Map.of(),
              new byte[0],
              List.of(
                  "sh",
                  "-c",
                  "openssl s_client -connect 127.0.0.1:"
                      + port
                      + " </dev/null 2>/dev/null | openssl x509 -noout -subject"))
          .end()
          .out()
          .replaceAll(".*= ?", "")
          .strip();
    }

    void hangUp() {
      Image.kill("HUP", process.pid());
    }

    @Override
    public void close() throws Exception {
      process.destroyForcibly().waitFor();
    }
  }

  private String said() throws IOException {
    return Files.readString(stderr);
  }

  private static long count(String text, String words) {
    return text.lines().filter(line -> line.contains(words)).count();
  }

  @Test
  void a_key_that_is_not_the_certificates_is_one_line_and_64() throws Exception {
    replace(authority.sign("two", NAMES).key(), key);
    Image.Result result =
        Image.start(
                Map.of(),
                new byte[0],
                Image.with(
                    Image.bin("lockexd"),
                    "-z",
                    zooKeeper.hosts(),
                    "--tls-cert",
                    certificate.toString(),
                    "--tls-key",
                    key.toString()))
            .end();
    assertEquals(64, result.code());
    Image.assertOneLine(
        result, "--tls-cert, --tls-key: the key is not that of the certificate in " + certificate);
  }

  @Test
  void a_renewed_certificate_is_shown_to_new_connections_and_old_ones_go_on() throws Exception {
    try (Running lockexd = new Running();
        SSLSocket old = connect(lockexd.port)) {
      assertEquals("b'1'", ping(old));
      assertEquals("one", lockexd.shown());
      Authority.Signed two = authority.sign("two", NAMES);
      replace(two.certificate(), certificate);
      Poll.until("it tells that they do not match", () -> said().contains("stays"));
      assertEquals("one", lockexd.shown());
      assertEquals("200", lockexd.curl("/healthz"));
      replace(two.key(), key);
      Poll.until("the new one is shown", () -> lockexd.shown().equals("two"));
      assertEquals("b'1'", ping(old));
      assertEquals(1, count(said(), "; what was read before stays"), said());
      assertEquals(
          1,
          count(
              said(),
              "lockexd: --tls-cert, --tls-key: the key is not that of the certificate in "
                  + certificate),
          said());

      // In place, with the time it had: only SIGHUP can be meant to tell of it at once.
      Authority.Signed three = authority.sign("three", NAMES);
      use(three);
      lockexd.hangUp();
      Poll.until("the third is shown", () -> lockexd.shown().equals("three"));
      assertEquals("b'1'", ping(old));
      Files.writeString(key, "nonsense");
      lockexd.hangUp();
      Poll.until("it is told", () -> said().contains("no private key in " + key));
      assertEquals("three", lockexd.shown());
    }
  }

  @Test
  void clients_need_a_certificate_of_the_authority_where_one_is_named() throws Exception {
    Authority strange = new Authority(folder, "strange");
    Path clients = folder.resolve("clients.pem");
    replace(authority.certificate(), clients);
    Authority.Signed ours = authority.sign("client", NAMES);
    Authority.Signed theirs = strange.sign("stranger", NAMES);
    String[] known = {"--cert", ours.certificate().toString(), "--key", ours.key().toString()};
    String[] unknown = {
      "--cert", theirs.certificate().toString(), "--key", theirs.key().toString()
    };
    try (Running lockexd = new Running("--tls-client-ca", clients.toString())) {
      assertEquals("200", lockexd.curl("/healthz", known));
      assertTrue(lockexd.curl("/healthz").contains("alert"), lockexd.curl("/healthz"));
      assertTrue(
          lockexd.curl("/healthz", unknown).contains("alert"), lockexd.curl("/healthz", unknown));
      replace(strange.certificate(), clients);
      Poll.until(
          "the other authority counts", () -> lockexd.curl("/healthz", unknown).equals("200"));
      assertTrue(lockexd.curl("/healthz", known).contains("alert"));
    }
  }

  @Test
  void users_and_secrets_are_read_again() throws Exception {
    Path users = folder.resolve("users");
    Path secret = folder.resolve("secret");
    Files.writeString(users, "anna:old\n");
    Files.writeString(secret, "old\n");
    String body = "{\"title\":\"t\",\"wait\":0,\"lifetime\":1}";
    try (Running lockexd =
        new Running(
            "--admin-userpass-file", users.toString(), "--client-secret-file", secret.toString())) {
      Poll.until("it is ready", () -> lockexd.curl("/readyz").equals("200"));
      assertEquals("200", lockexd.curl("/resources", "-u", "anna:old"));
      assertEquals("201", lockexd.curl("/locks/a", "-u", "x:old", "-d", body));
      Files.writeString(users, "anna:new\n");
      Files.writeString(secret, "new\n");
      Poll.until(
          "the new password counts",
          () -> lockexd.curl("/resources", "-u", "anna:new").equals("200"));
      Poll.until(
          "the new secret counts",
          () -> lockexd.curl("/locks/b", "-u", "x:new", "-d", body).equals("201"));
      assertEquals("401", lockexd.curl("/resources", "-u", "anna:old"));
      assertEquals("401", lockexd.curl("/locks/c", "-u", "x:old", "-d", body));
      Files.writeString(secret, "");
      Poll.until("it is told", () -> said().contains("the file is empty; what was read before"));
      assertEquals("201", lockexd.curl("/locks/c", "-u", "x:new", "-d", body));
      Files.delete(users);
      Poll.until("it is told", () -> said().contains(users + ": no such file; what"));
      assertEquals("200", lockexd.curl("/resources", "-u", "anna:new"));
    }
  }

  private static SSLSocket connect(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    return (SSLSocket)
        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }

  /** Asks on a connection that stays. */
  private static String ping(SSLSocket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write("GET /PING HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\n1\n")) {
      int next = in.read();
      if (next < 0) {
        return "closed after " + answer;
      }
      answer.append((char) next);
    }
    return "b'1'";
  }

  /** Which certificate it is, is asked elsewhere. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }
}
