package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Programs;

/**
 * Debian's Chromium without a screen, driven by its DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/). Dialogs are answered with yes.
 */
final class Browser implements AutoCloseable {
  private static final String LISTENING = "DevTools listening on ";
  private static final JsonMapper JSON = new JsonMapper();

  /** What the page's console complained about. */
  final Queue<String> complaints = new ConcurrentLinkedQueue<>();

  /** The URLs the page asked for. */
  final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private final Path profile;
  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private String session = "";

  /** Starts it with an empty page. */
  Browser() throws Exception {
    Programs.require("chromium", Programs.FONTS.toString());
    profile = Files.createTempDirectory("lockex-browser");
    process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    socket =
        client
            .newWebSocketBuilder()
            .buildAsync(address(), new Listener())
            .get(30, TimeUnit.SECONDS);
    String target =
        send("Target.createTarget", Map.of("url", "about:blank")).path("targetId").asText();
    session =
        send("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asText();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", Map.of());
    }
  }

  private URI address() throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
    String line = lines.readLine();
    while (line != null && !line.startsWith(LISTENING)) {
      line = lines.readLine();
    }
    if (line == null) {
      throw new AssertionError("chromium did not start");
    }
    // What it says later must not fill the pipe.
    Thread.ofVirtual().start(() -> lines.lines().forEach(said -> {}));
    return URI.create(line.substring(LISTENING.length()));
  }

  /** One command of the protocol; its result. */
  JsonNode send(String method, Map<String, ?> parameters) throws Exception {
    ObjectNode message = JSON.createObjectNode();
    int id = ids.incrementAndGet();
    message.put("id", id).put("method", method).set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    synchronized (socket) {
      socket.sendText(message.toString(), true).get(30, TimeUnit.SECONDS);
    }
    JsonNode whole = answer.get(30, TimeUnit.SECONDS);
    if (whole.has("error")) {
      throw new AssertionError(method + ": " + whole.path("error"));
    }
    return whole.path("result");
  }

  /** Opens a page and returns when its document is there. */
  void open(String url) throws Exception {
    send("Page.navigate", Map.of("url", url));
    Poll.until(
        "the page is there",
        java.time.Duration.ofSeconds(30),
        () -> eval("location.href + document.readyState").asText().equals(url + "complete"));
  }

  /** The value of a JavaScript expression; missing while one page makes place for another. */
  JsonNode eval(String expression) throws Exception {
    return send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
        .path("result")
        .path("value");
  }

  /** How the reader likes it, and how wide the window is. */
  void look(String scheme, int width, int height, boolean phone) throws Exception {
    send(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  void screenshot(Path file) throws Exception {
    String data = send("Page.captureScreenshot", Map.of("format", "png")).path("data").asText();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  private void event(String method, JsonNode parameters) {
    switch (method) {
      case "Network.requestWillBeSent" ->
          requests.add(parameters.path("request").path("url").asText());
      case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(parameters.toString());
      case "Runtime.consoleAPICalled" -> complaints.add(parameters.toString());
      case "Page.javascriptDialogOpening" ->
          Thread.ofVirtual()
              .start(() -> {
                try {
                  send("Page.handleJavaScriptDialog", Map.of("accept", true));
                } catch (Exception e) {
                  complaints.add(e.toString());
                }
              });
      default -> {}
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      from.request(1);
      if (last) {
        try {
          JsonNode json = JSON.readTree(message.toString());
          CompletableFuture<JsonNode> answer = answers.remove(json.path("id").asInt());
          if (answer != null) {
            answer.complete(json);
          } else {
            event(json.path("method").asText(), json.path("params"));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        message.setLength(0);
      }
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    client.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (UncheckedIOException e) {
      // A process of its that is just ending.
    }
  }
}
