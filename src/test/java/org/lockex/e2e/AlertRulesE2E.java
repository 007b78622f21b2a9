package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;

/** What the image brings for Prometheus and Grafana. */
class AlertRulesE2E {
  private static final Path RULES =
      Image.HOME.resolve("share/prometheus/lockex.rules.yml").toAbsolutePath();

  @TempDir Path folder;

  @Test
  void each_alert_fires_when_it_should_and_not_before() throws Exception {
    Programs.require("promtool");
    Files.copy(RULES, folder.resolve("lockex.rules.yml"));
    Path tests = folder.resolve("tests.yml");
    Files.copy(Path.of("src/test/prometheus/lockex.rules.test.yml"), tests);
    for (String word : List.of("check rules " + RULES, "test rules " + tests)) {
      Image.Result result =
          Image.start(Map.of(), new byte[0], List.of(("promtool " + word).split(" "))).end();
      assertEquals(0, result.code(), result.out() + result.err());
    }
    Set<String> alerts = names("alert: (\\w+)", Files.readString(RULES));
    assertEquals(alerts, names("alertname: (\\w+)", Files.readString(tests)));
  }

  @Test
  void the_dashboard_and_the_rules_ask_only_for_metrics_that_there_are() throws Exception {
    String dashboard = Files.readString(Image.HOME.resolve("share/grafana/lockex.json"));
    Set<String> asked = names("(lockexd?_\\w+)", dashboard + Files.readString(RULES));
    String page = Files.readString(Path.of("man/lockexd.8.adoc"));
    for (String metric : asked) {
      assertTrue(page.contains("*" + metric + "*"), metric);
    }
  }

  private static Set<String> names(String pattern, String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
