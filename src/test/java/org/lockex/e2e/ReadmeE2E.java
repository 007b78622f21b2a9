package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.ExitCode;

/**
 * The README's examples, verbatim: in name spaces of their own, where zk1, zk2 and zk3 are a real
 * ZooKeeper on port 2181 and the programs named are short scripts. Needs root (unshare(1)).
 */
class ReadmeE2E {
  private static final Path README = Path.of("README.md");

  @TempDir Path folder;

  @Test
  void every_shell_example_runs() throws IOException {
    String readme = Files.readString(README);
    List<String> blocks = blocks(readme, "sh");
    assertTrue(blocks.size() >= 6, "the README has its examples");
    String opening =
        readme
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

  @Test
  void exit_codes_and_options_are_those_of_the_program() throws IOException {
    String readme = Files.readString(README);
    String help = Image.lockex("nowhere:1", "--help").out();
    for (ExitCode code : ExitCode.values()) {
      String row = "| " + code.code() + " | " + code.meaning() + " |";
      assertTrue(readme.contains(row), row);
      assertTrue(
          Pattern.compile(" " + code.code() + " +" + Pattern.quote(code.meaning()))
              .matcher(help)
              .find(),
          code::name);
    }
    Matcher options = Pattern.compile("`(--?[a-zA-Z][a-z-]*)[ `=]").matcher(readme);
    while (options.find()) {
      String option = options.group(1);
      assertTrue(help.contains(option), option + " is in the README and not in --help");
    }
  }

  private Image.Result inWorldOfTheReadme(String script) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String program : List.of("redis-server", "backup.sh", "report.sh", "dump", "make")) {
      Path file = Files.writeString(bin.resolve(program), "#!/bin/sh\necho ${0##*/} \"$@\"\n");
      assertTrue(file.toFile().setExecutable(true));
    }
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost zk1 zk2 zk3\n");
    Path config =
        Files.writeString(
            folder.resolve("zoo.cfg"),
            "tickTime=500\ndataDir="
                + folder
                + "/data\nclientPort=2181\nadmin.enableServer=false\n");
    Path world =
        Files.writeString(
            folder.resolve("world.sh"),
            """
            set -eu
            ip link set lo up
            mount --bind %1$s /etc/hosts
            mount --bind %2$s /usr/local/bin
            mount -t tmpfs tmpfs /var/lib
            %3$s -Xmx64m -XX:+UseSerialGC -Dzookeeper.jmx.log4j.disable=true -cp %4$s \\
              org.apache.zookeeper.server.quorum.QuorumPeerMain %5$s >%6$s/log 2>&1 &
            server=$!
            trap 'kill -9 $server' EXIT
            cd %6$s
            bash -eu %6$s/examples.sh
            """
                .formatted(
                    hosts,
                    bin,
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    DebianZooKeeper.JAR,
                    config,
                    folder));
    Files.writeString(folder.resolve("examples.sh"), script);
    return Image.start(
            Map.of(
                "PATH", Image.HOME.resolve("bin") + ":/usr/local/bin:" + System.getenv("PATH"),
                "HOME", folder.toString(),
                "XDG_STATE_HOME", folder.resolve("state").toString()),
            new byte[0],
            List.of(
                "unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--mount-proc",
                "bash",
                world.toString()))
        .end();
  }

  private static List<String> blocks(String markdown, String language) {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(markdown)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
