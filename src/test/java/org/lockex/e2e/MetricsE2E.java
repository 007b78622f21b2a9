package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** What Prometheus reads from lockexd, as Prometheus's own tool judges it. */
class MetricsE2E {
  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();

  @Test
  void promtool_has_nothing_to_say_of_the_metrics() throws Exception {
    Programs.require("promtool");
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts())) {
      assertEquals(201, lockexd.acquire("held", 0, 60).statusCode());
      assertEquals(408, lockexd.acquire("held", 0, 60).statusCode());
      String metrics = lockexd.send("GET", "/metrics", "").body();
      assertTrue(metrics.contains("\nlockexd_grants 1.0\n"), metrics);
      assertTrue(metrics.contains("\nlockexd_timeouts_total 1.0\n"), metrics);
      assertTrue(metrics.contains("\nlockexd_connected 1.0\n"), metrics);
      promtoolIsContent(metrics);
    }
  }

  private static void promtoolIsContent(String metrics) {
    Image.Result result =
        Image.start(
                Map.of(),
                metrics.getBytes(StandardCharsets.UTF_8),
                List.of("promtool", "check", "metrics"))
            .end();
    assertEquals("", result.out() + result.err());
    assertEquals(0, result.code());
  }

  @Test
  void all_locks_are_shown_whoever_holds_them_to_who_may_know_their_names() throws Exception {
    Programs.require("promtool");
    String hosts = zooKeeper.hosts();
    assertEquals(3, Image.lockex(hosts, "--once-per", "1ms", "-i", "job", "-s", "exit 3").code());
    assertEquals(0, Image.lockex(hosts, "--once-per", "1ms", "-i", "job", "--", "true").code());
    assertEquals(4, Image.lockex(hosts, "--once-per", "1ms", "-i", "job", "-s", "exit 4").code());
    Image.Running holder = Image.startLockex(hosts, "-i", "held", "--", "sleep", "300");
    Image.Running waiter = null;
    try (Lockexd open = new Lockexd("-z", hosts, "--metrics-locks", "1");
        Lockexd closed = new Lockexd("-z", hosts)) {
      Poll.until("held", () -> metrics(open, "").contains("lockex_holders{lock=\"held\"} 1\n"));
      waiter = Image.startLockex(hosts, "-i", "held", "--", "true");
      Poll.until("waits", () -> metrics(open, "").contains("lockex_waiters{lock=\"held\"} 1\n"));
      String one = metrics(open, "");
      assertTrue(one.contains("\nlockex_locks_left_out 1\n"), one);
      assertFalse(metrics(closed, "").contains("lock=\""));
      promtoolIsContent(one);
      String text = Image.sh(hosts, "lockexctl metrics").out();
      promtoolIsContent(text);
      for (String line :
          List.of(
              "lockex_holders\\{lock=\"held\"} 1",
              "lockex_waiters\\{lock=\"held\"} 1",
              "lockex_held_seconds\\{lock=\"held\"} [0-9.]+",
              "lockex_oldest_wait_seconds\\{lock=\"held\"} [0-9.]+",
              "lockex_last_success_timestamp_seconds\\{lock=\"job\"} 1[0-9.E]+",
              "lockex_last_exit_code\\{lock=\"job\"} 4",
              "lockex_last_duration_seconds\\{lock=\"job\"} [0-9.E-]+",
              "lockex_sequence_headroom\\{lock=\"held\"} 21474836[0-9]+")) {
        assertTrue(text.matches("(?s).*\n" + line + "\n.*"), line + " in " + text);
      }
      String openMetrics = metrics(open, "application/openmetrics-text; version=1.0.0");
      assertTrue(openMetrics.endsWith("\nlockex_locks_left_out 1\n# EOF\n"), openMetrics);
    } finally {
      for (Image.Running one : waiter == null ? List.of(holder) : List.of(waiter, holder)) {
        one.signal("TERM");
        one.end();
      }
    }
  }

  @Test
  void a_semaphore_s_numbers_are_those_of_its_queue() throws Exception {
    String hosts = zooKeeper.hosts();
    Image.Running holder = Image.startLockex(hosts, "-c", "2", "-i", "some", "--", "sleep", "300");
    try (Lockexd lockexd = new Lockexd("-z", hosts, "--metrics-locks", "9")) {
      // The folders, and with them the numbers, begin anew after a time without anybody.
      String headroom = "(?s).*\nlockex_sequence_headroom\\{lock=\"some\"} 214748364[0-6]\n.*";
      Poll.until("a number is given", () -> metrics(lockexd, "").matches(headroom));
      assertTrue(Image.sh(hosts, "lockexctl metrics").out().matches(headroom));
    } finally {
      holder.signal("TERM");
      holder.end();
    }
  }

  @Test
  void a_file_for_the_node_exporter_is_written_whole_or_not_at_all() throws Exception {
    String hosts = zooKeeper.hosts();
    Path file = folder.resolve("lockex.prom");
    Image.Result written = Image.sh(hosts, "lockexctl metrics --textfile " + file);
    assertEquals("", written.out() + written.err());
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertTrue(Files.readString(file).endsWith("\nlockex_locks_left_out 0\n"));
    Image.Result refused = Image.sh(hosts, "lockexctl metrics --textfile /proc/lockex.prom");
    assertEquals(70, refused.code());
    assertEquals("lockexctl: write on /proc/lockex.prom: no such file\n", refused.err());
    Image.Result others =
        Image.sh(
            hosts,
            """
            cd %s && mkfifo pipe && ln -s lockex.prom link && echo old > lockex.prom || exit 9
            lockexctl metrics --textfile link && test -L link && ! grep -qx old lockex.prom || exit 8
            for file in pipe / .; do lockexctl metrics --textfile $file; echo $?; done
            test -p pipe && rm pipe link
            """
                .formatted(folder));
    assertEquals("64\n64\n64\n", others.out(), others.err());
    assertEquals(0, others.code());
    String instead = "; without --textfile the metrics go to standard output\n";
    assertEquals(
        ("lockexctl: --textfile: pipe: is no regular file" + instead)
            + ("lockexctl: --textfile: /: is a directory" + instead)
            + ("lockexctl: --textfile: .: is a directory" + instead),
        others.err());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void prometheus_wakes_somebody_when_a_lock_is_held_too_long() throws Exception {
    Programs.require("promtool");
    try (Lockexd lockexd = new Lockexd("-z", zooKeeper.hosts(), "--metrics-locks", "10")) {
      String rules =
          Files.readString(Image.HOME.resolve("share/prometheus/lockex.rules.yml"))
              .replace("6 * 3600", "1")
              .replace("for: 1m", "for: 0s");
      Files.writeString(folder.resolve("lockex.rules.yml"), rules);
      Path config =
          Files.writeString(
              folder.resolve("prometheus.yml"),
              """
              global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
              rule_files: [lockex.rules.yml]
              scrape_configs:
                - job_name: lockexd
                  static_configs: [{targets: ['127.0.0.1:%d']}]
              """
                  .formatted(lockexd.port));
      int port = Ports.free();
      Image.Running prometheus =
          Image.start(
              Map.of(),
              new byte[0],
              List.of(
                  "prometheus",
                  "--config.file=" + config,
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port));
      try {
        assertEquals(201, lockexd.acquire("stuck", 0, 600).statusCode());
        URI alerts = URI.create("http://127.0.0.1:" + port + "/api/v1/alerts");
        Poll.until(
            "the alert",
            () -> {
              try {
                String body =
                    Lockexd.HTTP
                        .send(
                            HttpRequest.newBuilder(alerts).build(),
                            HttpResponse.BodyHandlers.ofString())
                        .body();
                return body.contains("LockexHeldLong")
                    && body.contains("\"lock\":\"stuck\"")
                    && body.contains("\"state\":\"firing\"");
              } catch (IOException e) {
                return false;
              }
            });
      } finally {
        prometheus.signal("TERM");
        prometheus.end();
      }
    }
  }

  private static String metrics(Lockexd lockexd, String accept) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(lockexd.url("/metrics")));
    if (!accept.isEmpty()) {
      request.header("Accept", accept);
    }
    return Lockexd.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }
}
