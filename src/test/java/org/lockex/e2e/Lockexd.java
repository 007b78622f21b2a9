package org.lockex.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lockex.fixture.Ports;

/** A lockexd of the image, as a process of its own. */
final class Lockexd implements AutoCloseable {
  static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  final int port;
  private final List<String> before;
  private final String[] options;
  private Image.Running running;

  /** Starts it on a free port and waits until it is ready. */
  Lockexd(String... options) throws Exception {
    this(List.of(), options);
  }

  /** The same, as this user. */
  Lockexd(LocalUser user, String... options) throws Exception {
    this(user.becoming(), options);
  }

  /** The same, started by these words, which the program and its arguments follow. */
  Lockexd(List<String> before, String... options) throws Exception {
    port = Ports.free();
    this.before = before;
    this.options = options;
    running = start();
    awaitReady();
  }

  private Image.Running start() {
    List<String> command = new ArrayList<>(before);
    command.addAll(Image.with(Image.bin("lockexd"), options));
    command.add("--listen");
    command.add("127.0.0.1:" + port);
    return Image.start(Map.of(), new byte[0], command);
  }

  void awaitReady() throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!ready()) {
      if (System.nanoTime() > deadline || !running.process().isAlive()) {
        throw new AssertionError("not ready: " + running.err().getNow(new byte[0]).length);
      }
      Thread.sleep(20);
    }
  }

  boolean ready() throws InterruptedException {
    try {
      return send("GET", "/readyz", "").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url(path)))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> acquire(String resource, double wait, double lifetime)
      throws IOException, InterruptedException {
    return send(
        "POST",
        "/locks/" + resource,
        "{\"title\":\"t\",\"wait\":" + wait + ",\"lifetime\":" + lifetime + "}");
  }

  /** The path of the lock that an answer gives. */
  static String path(HttpResponse<String> granted) {
    String url = granted.headers().firstValue("Location").orElseThrow();
    return url.substring(url.indexOf("/locks/"));
  }

  /** kill -9. */
  void crash() throws InterruptedException {
    running.process().destroyForcibly().waitFor();
  }

  /** What the last one that ended had to say on stderr. */
  String said() {
    return new String(running.err().join(), java.nio.charset.StandardCharsets.UTF_8);
  }

  void restart() throws Exception {
    running = start();
    awaitReady();
  }

  void signal(String name) {
    running.signal(name);
  }

  /** Waits until it ends by itself; the exit code. */
  int awaitEnd() {
    return running.end().code();
  }

  /** SIGTERM; the exit code. */
  int stop() {
    running.signal("TERM");
    return running.end().code();
  }

  long pid() {
    return running.pid();
  }

  @Override
  public void close() throws Exception {
    crash();
  }
}
