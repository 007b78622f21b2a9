package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;

/**
 * The units of the README and of docs/recipes.md, and the template in the packages, by systemd
 * itself, which runs as PID 1 of a name space, with no units but these.
 */
class SystemdE2E {
  private static final MarkdownPage PAGE = new MarkdownPage("docs/recipes.md");

  /** What every unit needs of systemd's own. */
  private static final String[] TARGETS = {
    "sysinit",
    "basic",
    "shutdown",
    "timers",
    "network-online",
    "multi-user",
    "time-set",
    "time-sync"
  };

  @TempDir Path folder;
  private Path units;
  private ExampleWorld world;

  @BeforeEach
  void systemd() throws IOException {
    Programs.require("/usr/lib/systemd/systemd", "systemd-analyze");
    units = Files.createDirectories(folder.resolve("units"));
    for (String target : TARGETS) {
      unit(target + ".target", "[Unit]\nDescription=" + target + "\n");
    }
    unit("default.target", "[Unit]\nRequires=test.service\n");
    unit(
        "test.service",
        """
        [Unit]
        DefaultDependencies=no
        SuccessAction=exit-force
        FailureAction=exit-force
        [Service]
        Type=oneshot
        ExecStart=/bin/bash -eu %1$s/test.sh
        StandardOutput=file:%1$s/out
        StandardError=inherit
        """
            .formatted(folder));
    Files.writeString(
        folder.resolve("boot.sh"),
        """
        mount -t tmpfs tmpfs /run
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        exec env -i container=other PATH=$PATH SYSTEMD_UNIT_PATH=%s \\
          SYSTEMD_LOG_LEVEL=err SYSTEMD_LOG_TARGET=console /usr/lib/systemd/systemd --system --show-status=0
        """
            .formatted(units));
    world = new ExampleWorld(folder);
  }

  /** What it says is in a file, since there is no journal here. */
  private void unit(String name, String text) throws IOException {
    Files.writeString(
        units.resolve(name),
        text.replace("/usr/bin/lockex", Image.bin("lockex"))
            .replace("/etc/lockex/", folder + "/")
            .replace("RestartSec=5", "RestartSec=2")
            .replace("[Service]\n", "[Service]\nStandardOutput=append:" + folder + "/said\n"));
  }

  /** Runs a script as a service of systemd, with the units as they are. */
  private String booted(String script) throws IOException {
    Files.writeString(
        folder.resolve("test.sh"),
        """
        cd %s
        export ZKHOSTS=zk1:2181 PATH=%s:$PATH
        said() { until [ "$(cat said 2> /dev/null | grep -c "$1")" -ge $2 ]; do sleep 0.05; done; }
        tells() { systemctl show --value -p $2 $1; }
        %s
        """
            .formatted(folder, Image.HOME.resolve("bin"), script));
    Image.Result result =
        world.run(
            """
            unshare --mount --pid --fork --kill-child --mount-proc bash -eu boot.sh > boot 2>&1 || cat boot
            cat out
            """);
    return result.out() + result.err();
  }

  @Test
  void the_template_keeps_a_standby_of_what_its_file_names() throws IOException {
    world.program(
        "scheduler",
        """
        exec 2> /dev/null
        echo "starts with $# words, $2, $TZ"
        trap 'echo ends; ended=1' TERM
        until [ "$ended" ]; do sleep 0.1; done
        sleep 0.5
        trap - TERM
        kill -TERM $$
        """);
    unit("lockex@.service", Files.readString(Path.of("packaging/common/lockex@.service")));
    Files.writeString(
        folder.resolve("scheduler.conf"),
        PAGE.file("/etc/lockex/scheduler.conf") + "ZKHOSTS=zk1:2181\n");
    Files.writeString(
        folder.resolve("missing.conf"), "LOCKEX_COMMAND=nothing-of-the-kind\nZKHOSTS=zk1:2181\n");
    String said =
        booted(
            """
            systemctl start lockex@scheduler
            said starts 1
            # Another host waits, and has it when the command dies here; here it waits again.
            lockex -i scheduler -s '> held; until [ -e end ]; do sleep 0.05; done' &
            until [ "$(lockexctl show scheduler | grep -c waiting)" = 1 ]; do :; done
            pkill -KILL -x scheduler
            until [ -e held ]; do sleep 0.05; done
            until [ "$(tells lockex@scheduler NRestarts)" -ge 1 ]; do sleep 0.05; done
            > end
            wait
            said starts 2
            # A stop is one SIGTERM, and no failure.
            systemctl stop lockex@scheduler
            said ends 1
            tells lockex@scheduler ActiveState
            cat said
            # What cannot start is not started again and again, and what has no file not at all.
            systemctl start lockex@missing
            while systemctl -q is-active lockex@missing; do sleep 0.05; done
            tells lockex@missing ActiveState
            systemctl start lockex@nobody 2> /dev/null || tells lockex@nobody AssertResult
            """);
    assertEquals(
        """
        inactive
        starts with 2 words, night shift, UTC
        starts with 2 words, night shift, UTC
        ends
        failed
        no
        """,
        said);
  }

  @Test
  void the_readme_s_service_stops_without_failure_and_a_timer_s_job_runs_once() throws IOException {
    unit(
        "readme.service",
        MarkdownPage.README
            .blocks("systemd")
            .getFirst()
            .replace("/usr/lib/lockex", Image.HOME.toString()));
    world.program("report.sh", "echo report \"$@\"\n");
    for (String name : new String[] {"nightly-report.service", "nightly-report.timer"}) {
      unit(name, PAGE.file("/etc/systemd/system/" + name));
    }
    Path drop = Files.createDirectories(units.resolve("nightly-report.service.d"));
    Files.writeString(drop.resolve("zookeeper.conf"), "[Service]\nEnvironment=ZKHOSTS=zk1:2181\n");
    String said =
        booted(
            """
            systemctl start readme
            said starts 1
            systemctl stop readme
            tells readme ActiveState
            systemctl start nightly-report.timer
            tells nightly-report.timer NextElapseUSecRealtime | grep -o 02:30:00
            systemctl start nightly-report
            systemctl start nightly-report # another host: it has been made
            tells nightly-report Result
            cat said
            lockexctl wait "$(lockex --print-id -- /usr/local/bin/scheduler)" --timeout 0 && echo free
            """);
    assertEquals(
        """
        inactive
        02:30:00
        success
        scheduler starts
        scheduler ends
        report --full
        free
        """,
        said);
  }

  @Test
  void systemd_analyze_finds_no_fault_in_the_units() throws IOException {
    unit("lockex@.service", Files.readString(Path.of("packaging/common/lockex@.service")));
    world.program("report.sh", "");
    for (String name : new String[] {"nightly-report.service", "nightly-report.timer"}) {
      unit(name, PAGE.file("/etc/systemd/system/" + name));
    }
    Image.Result result =
        world.run(
            "SYSTEMD_UNIT_PATH=units systemd-analyze verify --man=no lockex@scheduler.service nightly-report.timer");
    assertEquals("", result.out() + result.err());
    assertEquals(0, result.code());
  }
}
