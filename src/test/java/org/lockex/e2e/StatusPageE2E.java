package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;

/** The status page in a browser that people have. */
class StatusPageE2E {
  private static final String LOGIN =
      "Basic " + Base64.getEncoder().encodeToString("admin:secret".getBytes(UTF_8));

  /** State and who, of each row of the page in order. */
  private static final String ROWS =
      "[...document.querySelectorAll('tbody tr')].map(row => row.cells[0].textContent + ': ' +"
          + " row.cells[1].textContent).join(', ')";

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private Lockexd lockexd;
  private Browser browser;
  private int waiters;

  @BeforeEach
  void start() throws Exception {
    Path users = folder.resolve("users");
    Files.writeString(users, "admin:secret\n");
    lockexd = new Lockexd("-z", zooKeeper.hosts(), "--admin-userpass-file", users.toString());
    browser = new Browser();
    browser.send("Network.setExtraHTTPHeaders", Map.of("headers", Map.of("Authorization", LOGIN)));
  }

  @AfterEach
  void stop() throws Exception {
    browser.close();
    lockexd.close();
  }

  private HttpResponse<String> acquire(String lock, String title, int wait) throws Exception {
    String body = "{\"title\":\"%s\",\"wait\":%d,\"lifetime\":3600}".formatted(title, wait);
    return lockexd.send("POST", "/locks/" + lock, body);
  }

  /** Lets one more wait, and returns when it does: a queue is filled in order that way. */
  private void waiter(String lock, String title) {
    int number = ++waiters;
    Thread.ofVirtual()
        .start(() -> {
          try {
            acquire(lock, title, 600);
          } catch (Exception e) {
            // The test is over.
          }
        });
    Poll.until(
        title + " waits",
        Duration.ofSeconds(20),
        () -> lockexd.send("GET", "/metrics", "").body().contains("\nlockexd_waiting " + number));
  }

  private void shows(String rows) {
    Poll.until(rows, Duration.ofSeconds(20), () -> browser.eval(ROWS).asText().equals(rows));
  }

  @Test
  void locks_appear_the_queue_moves_and_an_administrator_breaks_a_lock() throws Exception {
    HttpResponse<String> first = acquire("nightly", "report of web1", 0);
    browser.open(lockexd.url("/"));
    shows("holds: report of web1");
    browser.eval("window.same = true");
    for (String who : List.of("report of web2", "report of web3", "report of web4")) {
      waiter("nightly", who);
    }
    shows(
        "holds: report of web1, waits 1: report of web2, waits 2: report of web3,"
            + " waits 3: report of web4");
    browser.eval("document.querySelectorAll('button')[3].focus()");
    String focused = browser.eval("document.activeElement.id").asText();
    assertEquals(204, lockexd.send("DELETE", Lockexd.path(first), "").statusCode());
    shows("holds: report of web2, waits 1: report of web3, waits 2: report of web4");
    assertEquals(focused, browser.eval("document.activeElement.id").asText());
    assertTrue(browser.eval("window.same").asBoolean(), "it was not loaded again");
    browser.eval("document.querySelectorAll('button')[0].click()");
    shows("holds: report of web3, waits 1: report of web4");
    assertEquals("Live", awaitState());
    assertEquals(List.of(), List.copyOf(browser.complaints));
    assertEquals(
        List.of(),
        browser.requests.stream()
            .filter(url -> !url.startsWith(lockexd.url("/")) && !url.startsWith("data:"))
            .toList());
  }

  private String awaitState() {
    Poll.until(
        "it is live",
        Duration.ofSeconds(20),
        () -> browser.eval("document.getElementById('state').textContent").asText().equals("Live"));
    return "Live";
  }

  @Test
  void without_scripts_it_shows_and_breaks_too() throws Exception {
    browser.send("Emulation.setScriptExecutionDisabled", Map.of("value", true));
    acquire("nightly", "report of web1", 0);
    waiter("nightly", "report of web2");
    browser.open(lockexd.url("/"));
    shows("holds: report of web1, waits 1: report of web2");
    browser.eval("document.querySelectorAll('button')[0].click()");
    Poll.until(
        "the page that follows shows it broken",
        Duration.ofSeconds(20),
        () -> browser.eval(ROWS).asText().matches("[a-z0-9 ]+: report of web2"));
    Poll.until(
        "the next holds it",
        Duration.ofSeconds(20),
        () -> {
          browser.open(lockexd.url("/"));
          return browser.eval(ROWS).asText().equals("holds: report of web2");
        });
    assertEquals(List.of(), List.copyOf(browser.complaints));
  }

  /** Leaves pictures in the folder of the build. */
  @Test
  void it_fits_a_desk_and_a_phone_by_day_and_by_night() throws Exception {
    for (int i = 0; i < 40; i++) {
      HttpResponse<String> past = acquire(i % 3 == 0 ? "backup" : "nightly-report", "warm-up", 20);
      lockexd.send("DELETE", Lockexd.path(past), "");
    }
    acquire("nightly-report", "report.py on web1", 0);
    waiter("nightly-report", "report.py on web2");
    waiter("nightly-report", "report.py --full --since yesterday on web3");
    acquire("backup", "pg_dump of the customers' database", 0);
    Image.Running command =
        Image.startLockex(zooKeeper.hosts(), "-i", "deploy", "--", "sleep", "600");
    for (String scheme : List.of("light", "dark")) {
      for (int width : List.of(1100, 390)) {
        browser.look(scheme, width, 800, width < 500);
        browser.open(lockexd.url("/"));
        Poll.until(
            "all is there",
            Duration.ofSeconds(20),
            () -> browser.eval("document.querySelectorAll('tbody tr').length").asInt() == 5);
        awaitState();
        JsonNode over =
            browser.eval(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assertEquals(0, over.asInt(), "too wide for " + width);
        browser.screenshot(Path.of("target", "status-page-" + scheme + "-" + width + ".png"));
      }
    }
    command.signal("TERM");
    command.end();
    assertEquals(List.of(), List.copyOf(browser.complaints));
  }
}
