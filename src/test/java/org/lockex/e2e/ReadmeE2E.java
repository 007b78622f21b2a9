package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lockex.e2e.MarkdownPage.README;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.ExitCode;

/** The examples of the README and of the pages in docs, verbatim, in an {@link ExampleWorld}. */
class ReadmeE2E {
  /**
   * What a fence may hold: what a test runs, here, in {@link RecipesE2E} or in {@link
   * ZooKeeperPageE2E}, what the eye sees is output, and a diagram.
   */
  private static final Set<String> LANGUAGES =
      Set.of(
          "sh",
          "crontab",
          "ini",
          "systemd",
          "logrotate",
          "sql",
          "dockerfile",
          "properties",
          "text",
          "packages");

  @TempDir Path folder;

  @Test
  void every_shell_example_of_the_readme_runs() throws IOException {
    List<String> blocks = README.blocks("sh");
    assertTrue(blocks.size() >= 2, "the README has its examples");
    String opening =
        README
            .text()
            .lines()
            .filter(line -> line.startsWith("    lockex "))
            .map(String::strip)
            .collect(Collectors.joining("\n"));
    assertTrue(opening.contains("redis-server"), opening);
    Image.Result result = inWorldOfTheReadme(opening + "\n" + String.join("\n", blocks));
    assertEquals(0, result.code(), () -> result.out() + result.err());
    assertEquals("", result.err());
    assertTrue(result.out().contains("running here\n"), result::out);
    assertTrue(result.out().contains("redis-server /etc/redis.conf\n"), result::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/fencing.md", "docs/lockexd.md"})
  void every_shell_example_of_a_page_runs(String name) throws IOException {
    List<String> blocks = new MarkdownPage(name).blocks("sh");
    Image.Result result =
        inWorldOfTheReadme("export ZKHOSTS=zk1:2181\n" + String.join("\n", blocks));
    assertEquals(0, result.code(), () -> result.out() + result.err());
    assertEquals("", result.err());
  }

  @Test
  void every_fence_is_run_or_shows_output() throws IOException {
    Set<String> run =
        Set.of(
            "README.md",
            "docs/fencing.md",
            "docs/lockexd.md",
            "docs/recipes.md",
            "docs/zookeeper.md");
    for (MarkdownPage page : MarkdownPage.all().toList()) {
      List<String> languages = page.languages();
      assertTrue(LANGUAGES.containsAll(languages), () -> page + ": " + languages);
      assertTrue(run.contains(page.name()) || !languages.contains("sh"), page::name);
    }
  }

  @Test
  void every_link_leads_somewhere() throws IOException {
    for (MarkdownPage page : MarkdownPage.all().toList()) {
      for (String link : page.links()) {
        if (link.contains("://")) {
          continue;
        }
        String[] target = link.split("#", 2);
        Path file =
            target[0].isEmpty()
                ? Path.of(page.name())
                : Path.of(page.name()).resolveSibling(target[0]);
        assertTrue(Files.exists(file), () -> page + " links to " + link);
        if (target.length > 1) {
          assertTrue(
              anchors(Files.readString(file)).contains(target[1]),
              () -> page + " links to " + link);
        }
      }
    }
  }

  private static List<String> anchors(String markdown) {
    return markdown
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void exit_codes_and_options_are_those_of_the_program() throws IOException {
    String readme = README.text();
    String help = Image.lockex("nowhere:1", "--help").out();
    String known =
        help
            + Image.sh(
                    "nowhere:1",
                    "for s in ls wait break hold; do lockexctl $s --help; done; lockexd --help")
                .out();
    for (ExitCode code : ExitCode.values()) {
      String row = "| " + code.code() + " | " + code.meaning() + " |";
      assertTrue(readme.contains(row), row);
      assertTrue(
          Pattern.compile(" " + code.code() + " +" + Pattern.quote(code.meaning()))
              .matcher(help)
              .find(),
          code::name);
    }
    Matcher options =
        Pattern.compile("`(?:lockex\\w* )?(--?[a-zA-Z][a-z-]*)[ `=]")
            .matcher(readme + new MarkdownPage("docs/lockexd.md").text());
    while (options.find()) {
      String option = options.group(1);
      assertTrue(known.contains(option), option + " is in the README and not in --help");
    }
  }

  @Test
  void the_crontab_runs_as_cron_runs_it() throws IOException {
    String crontab = README.blocks("crontab").getFirst();
    StringBuilder environment = new StringBuilder("env -i SHELL=/bin/sh HOME=/tmp LOGNAME=root");
    StringBuilder jobs = new StringBuilder();
    Matcher lines =
        Pattern.compile("^(?:([A-Z]+=\\S+)|(?:\\S+ +){5}(.*))$", Pattern.MULTILINE)
            .matcher(crontab);
    while (lines.find()) {
      if (lines.group(1) != null) {
        environment.append(' ').append(lines.group(1));
      } else {
        jobs.append(environment).append(" /bin/sh -c '").append(lines.group(2)).append("'\n");
      }
    }
    Image.Result result = inWorldOfTheReadme(jobs + "" + jobs);
    assertEquals(0, result.code(), () -> result.out() + result.err());
    assertEquals("sync-mirror\nhourly-report\nsync-mirror\n", result.out());
    assertEquals("", result.err());
  }

  @Test
  void the_program_of_supervisord_starts_and_stops() throws IOException {
    new ExampleWorld(folder).supervisord(README.blocks("ini").getFirst());
    Image.Result result =
        inWorldOfTheReadme(
            """
            supervisord -c supervisord.conf > /dev/null 2>&1 &
            until grep -q starts scheduler.log 2> /dev/null; do sleep 0.1; done
            until supervisorctl -c supervisord.conf status scheduler | grep -o RUNNING; do sleep 0.2; done
            supervisorctl -c supervisord.conf stop scheduler
            cat scheduler.log
            export ZKHOSTS=zk1:2181
            lockexctl wait "$(lockex --print-id -- /usr/local/bin/scheduler)" --timeout 0 && echo free
            supervisorctl -c supervisord.conf shutdown
            """);
    assertEquals(
        "RUNNING\nscheduler: stopped\nscheduler starts\nscheduler ends\nfree\nShut down\n",
        result.out(),
        result::err);
    assertEquals(0, result.code());
  }

  private Image.Result inWorldOfTheReadme(String script) throws IOException {
    return new ExampleWorld(folder).run(script);
  }
}
