package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
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
      "[...document.querySelectorAll('tbody tr')].map(row => row.cells[1].textContent + ': ' +"
          + " row.cells[2].textContent).join(', ')";

  /** The locks of the page, in order. */
  private static final String LOCKS =
      "[...document.querySelectorAll('tbody tr.first th')].map(cell => cell.textContent).join(' ')";

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
    Poll.until(rows, () -> browser.eval(ROWS).asText().equals(rows));
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
    browser.eval("document.querySelectorAll('tbody button')[3].focus()");
    String focused = browser.eval("document.activeElement.id").asText();
    assertEquals(204, lockexd.send("DELETE", Lockexd.path(first), "").statusCode());
    shows("holds: report of web2, waits 1: report of web3, waits 2: report of web4");
    assertEquals(focused, browser.eval("document.activeElement.id").asText());
    assertTrue(browser.eval("window.same").asBoolean(), "it was not loaded again");
    browser.eval("document.querySelectorAll('tbody button')[0].click()");
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
    browser.eval("document.querySelectorAll('tbody button')[0].click()");
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

  private void evals(String expression, String value) {
    Poll.until(
        expression + " is " + value,
        Duration.ofSeconds(20),
        () -> browser.eval(expression).asText().equals(value));
  }

  private static String jobs(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> "job-" + i).collect(joining(" "));
  }

  private void key(String key, String text) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      browser.send(
          "Input.dispatchKeyEvent",
          type.equals("keyDown")
              ? Map.of(
                  "type",
                  type,
                  "key",
                  key,
                  "code",
                  key,
                  "text",
                  text,
                  "windowsVirtualKeyCode",
                  key.equals("Tab") ? 9 : key.equals("Enter") ? 13 : 191)
              : Map.of("type", type, "key", key, "code", key));
    }
  }

  @Test
  void three_hundred_locks_are_paged_found_filtered_and_broken_by_keyboard() throws Exception {
    for (int i = 1; i <= 300; i++) {
      assertEquals(201, acquire("job-" + i, i == 42 ? "report of anna" : "job", 0).statusCode());
    }
    browser.open(lockexd.url("/"));
    awaitState();
    evals(LOCKS, jobs(1, 100));
    evals(
        "document.getElementById('found').querySelector('p').textContent", "Locks 1 to 100 of 300");
    browser.eval("document.getElementById('later').click()");
    evals(LOCKS, jobs(101, 200));
    // A lock that goes on a page before moves none out of view on this one.
    assertEquals(
        204, lockexd.send("DELETE", Lockexd.path(acquire("job-0", "t", 0)), "").statusCode());
    browser.eval("document.getElementById('later').click()");
    evals(LOCKS, jobs(201, 300));
    browser.eval("document.getElementById('earlier').click()");
    evals(LOCKS, jobs(101, 200));
    awaitState();
    key("/", "/");
    browser.send("Input.insertText", Map.of("text", "job-29"));
    evals(LOCKS, "job-29 " + jobs(290, 299));
    evals("document.getElementById('found').querySelector('p').textContent", "11 locks");
    evals("location.search", "?q=job-29");
    browser.eval(
        "find.q.value = 'ANNA'; find.q.dispatchEvent(new Event('input', {bubbles: true}))");
    evals(LOCKS, "job-42");
    evals("document.getElementById('found').querySelector('p').textContent", "1 lock");
    // To the choice, the button beside it, the lock, and the button that breaks it.
    for (int i = 0; i < 4; i++) {
      key("Tab", "");
    }
    evals("document.activeElement.textContent", "Break");
    key("Enter", "\r");
    evals("document.getElementById('found').textContent", "No lock is like that.");
    assertEquals("0\n", lockexd.send("GET", "/CHECK/job-42", "").body());
    evals("document.activeElement.name", "q");
    waiter("job-7", "patient");
    browser.eval(
        "find.q.value = ''; find.show.value = 'waiting';"
            + " find.show.dispatchEvent(new Event('input', {bubbles: true}))");
    evals(LOCKS, "job-7");
    browser.eval("document.querySelector('tbody th a').click()");
    evals("document.querySelector('h2').textContent", "job-7");
    shows("holds: job, waits 1: patient");
    assertTrue(
        browser
            .eval("document.getElementById('found').textContent")
            .asText()
            .startsWith("job-71 holder, 1 waiting"));
    assertEquals(List.of(), List.copyOf(browser.complaints));
  }

  @Test
  void thirty_thousand_locks_are_shown_and_only_what_changes_is_sent() throws Exception {
    // With it the parent of the others is there, and stays.
    acquire("zoo", "holds on", 0);
    try (ZooKeeperTree tree = new ZooKeeperTree(zooKeeper.hosts())) {
      List<Op> some = new ArrayList<>();
      for (int i = 1; i <= 30_000; i++) {
        for (String path : List.of("/lockex/job-" + i, "/lockex/job-" + i + "/somebody")) {
          some.add(
              Op.create(
                  path,
                  new byte[0],
                  new ArrayList<>(ZooDefs.Ids.OPEN_ACL_UNSAFE),
                  CreateMode.PERSISTENT));
        }
        if (i % 500 == 0) {
          tree.client().multi(some);
          some.clear();
        }
      }
    }
    browser.open(lockexd.url("/"));
    Poll.until(
        "all are known",
        Duration.ofMinutes(2),
        () ->
            browser
                .eval("document.getElementById('found').querySelector('p').textContent")
                .asText()
                .equals("Locks 1 to 100 of 30001"));
    evals(LOCKS, jobs(1, 100));
    browser.eval(
        "find.q.value = 'job-29999'; find.q.dispatchEvent(new Event('input', {bubbles: true}))");
    evals(LOCKS, "job-29999");
    HttpRequest events =
        HttpRequest.newBuilder(URI.create(lockexd.url("/events")))
            .header("Authorization", LOGIN)
            .build();
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    var reading =
        Lockexd.HTTP
            .sendAsync(events, HttpResponse.BodyHandlers.ofLines())
            .thenAccept(answer -> answer.body().filter(line -> !line.isEmpty()).forEach(told::add));
    String first = told.poll(60, TimeUnit.SECONDS);
    assertTrue(first.contains("job-100/") && !first.contains("job-101/"), first);
    acquire("appears", "of a program", 0);
    String event = "";
    while (!event.contains("of a program")) {
      event = told.poll(60, TimeUnit.SECONDS);
      assertTrue(event.length() < 5000, "" + event.length());
    }
    assertFalse(event.contains("job-50/"), event);
    reading.cancel(true);
  }

  @Test
  void it_says_that_zookeeper_is_away_and_when_it_is_back() throws Exception {
    acquire("nightly", "report of web1", 0);
    browser.open(lockexd.url("/"));
    awaitState();
    zooKeeper.stop();
    evals(
        "document.getElementById('state').textContent",
        "ZooKeeper is away; what you see may be old.");
    zooKeeper.restart();
    assertEquals("Live", awaitState());
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
    for (int i = 1; i <= 12; i++) {
      acquire("tenant-" + i, "import on web" + (i % 4 + 1), 0);
    }
    Image.Running command =
        Image.startLockex(zooKeeper.hosts(), "-i", "deploy", "--", "sleep", "600");
    for (String scheme : List.of("light", "dark")) {
      for (int width : List.of(1100, 360)) {
        browser.look(scheme, width, 800, width < 500);
        browser.open(lockexd.url("/"));
        Poll.until(
            "all is there",
            Duration.ofSeconds(20),
            () -> browser.eval("document.querySelectorAll('tbody tr').length").asInt() == 17);
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
