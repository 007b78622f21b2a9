package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/**
 * Debian's supervisord as the parent of two programs, one of which is the cold standby of the
 * other.
 */
class SupervisordE2E {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stops_restarts_and_switches_over(boolean asGroup) throws IOException {
    Ticks ticks = new Ticks(folder.resolve("ticks"));
    Path config = configure(ticks, asGroup);
    Image.Running supervisord =
        Image.start(Map.of(), new byte[0], List.of("supervisord", "-n", "-c", config.toString()));
    try {
      Poll.until("supervisord answers", PATIENCE, () -> Files.exists(folder.resolve("socket")));
      control(config, "start", "A");
      ticks.awaitFirst("A", PATIENCE);
      control(config, "start", "B");
      control(config, "restart", "A");
      ticks.awaitFirst("B", PATIENCE);
      assertTrue(ticks.last("A") < ticks.first("B"), "overlap after a restart");

      long holder = Long.parseLong(control(config, "pid", "B").out().strip());
      long before = ticks.last("A");
      Image.kill("KILL", holder);
      Poll.until("the standby takes over", PATIENCE, () -> ticks.last("A") > before);
      List<Ticks.Tick> after = ticks.of("A").stream().filter(t -> t.micros() > before).toList();
      assertTrue(ticks.last("B") < after.getFirst().micros(), "overlap after kill -9");

      control(config, "stop", "A", "B");
      long stopped = Math.max(ticks.last("A"), ticks.last("B"));
      assertEquals(0, Image.lockex(server.hosts(), "-t", "9", "-i", "sv" + asGroup, "true").code());
      assertEquals(stopped, Math.max(ticks.last("A"), ticks.last("B")), "something goes on");
    } finally {
      supervisord.signal("TERM");
      supervisord.end();
    }
  }

  private Path configure(Ticks ticks, boolean asGroup) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            [supervisord]
            logfile=%1$s/log
            pidfile=%1$s/pid
            childlogdir=%1$s
            user=root
            [unix_http_server]
            file=%1$s/socket
            [supervisorctl]
            serverurl=unix://%1$s/socket
            [rpcinterface:supervisor]
            supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
            """
                .formatted(folder));
    for (String who : List.of("A", "B")) {
      Path script = folder.resolve(who + ".sh");
      Files.writeString(script, ticks.command(who).getLast());
      text.append(
          """
          [program:%s]
          command=%s --session-timeout 4s -k 8 -i sv%s -- bash %s
          environment=ZKHOSTS="%s"
          autostart=false
          autorestart=true
          stopwaitsecs=10
          stopasgroup=%s
          killasgroup=%s
          """
              .formatted(
                  who, Image.bin("lockex"), asGroup, script, server.hosts(), asGroup, asGroup));
    }
    return Files.writeString(folder.resolve("supervisord.conf"), text);
  }

  private static Image.Result control(Path config, String... words) {
    List<String> command = new ArrayList<>(List.of("supervisorctl", "-c", config.toString()));
    command.addAll(List.of(words));
    return Image.start(Map.of(), new byte[0], command).end();
  }
}
