package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;

/** What docs/recipes.md says, verbatim, with the programs that it is for; systemd's by itself. */
class RecipesE2E {
  private static final MarkdownPage PAGE = new MarkdownPage("docs/recipes.md");
  private static final String SAY = "echo ${0##*/} \"$@\"\n";

  @TempDir Path folder;

  @Test
  void every_shell_example_runs() throws IOException {
    ExampleWorld world = new ExampleWorld(folder);
    for (String program : new String[] {"curl", "logrotate", "psql", "systemctl"}) {
      world.program(program, SAY + "echo ${0##*/} \"$@\" >> said\n");
    }
    Image.Result result =
        world.run(
            """
            export ZKHOSTS=zk1:2181
            %s
            cat said
            """
                .formatted(String.join("\n", PAGE.blocks("sh"))));
    assertEquals("", result.err());
    assertEquals(0, result.code(), result::out);
    assertTrue(result.out().contains("https://checks.example.org/ID/0\n"), result::out);
    assertTrue(result.out().contains("psql -q -v ON_ERROR_STOP=1 -v token="), result::out);
  }

  @Test
  void supervisord_keeps_a_standby_and_stops_it_gracefully() throws IOException {
    ExampleWorld world = new ExampleWorld(folder);
    world.program(
        "scheduler",
        """
        exec 2> /dev/null
        echo "starts as $(id -un)"
        trap 'echo quits; exit' QUIT
        while :; do sleep 0.1; done
        """);
    world.supervisord(PAGE.blocks("ini").getFirst());
    Image.Result result =
        world.run(
            """
            export ZKHOSTS=zk1:2181
            c() { supervisorctl -c supervisord.conf "$@"; }
            starts() { until [ "$(grep -c starts scheduler.log 2> /dev/null)" = $1 ]; do sleep 0.1; done; }
            chmod 755 . # for the other user
            supervisord -c supervisord.conf > /dev/null 2>&1 &
            starts 1
            until c status | grep -q RUNNING; do sleep 0.1; done
            pkill -KILL -x scheduler
            starts 2
            c stop scheduler
            # Another host has the lock, so it waits until it counts as started, and then cannot start.
            lockex -i scheduler -s '> held; until [ -e end ]; do sleep 0.1; done' &
            until [ -e held ]; do sleep 0.1; done
            c start scheduler
            rm /usr/local/bin/scheduler
            > end
            until c status | grep -o EXITED; do sleep 0.1; done
            cat scheduler.log
            """);
    assertEquals(
        """
        scheduler: stopped
        scheduler: started
        EXITED
        starts as www-data
        starts as www-data
        quits
        lockex: cannot run /usr/local/bin/scheduler: No such file or directory
        """,
        result.out(),
        result::err);
    assertEquals(0, result.code(), result::err);
  }

  @Test
  void logrotate_reloads_one_host_after_the_other() throws IOException {
    Programs.require("/usr/sbin/logrotate");
    ExampleWorld world = new ExampleWorld(folder);
    world.program("systemctl", SAY);
    Files.writeString(
        folder.resolve("web.conf"),
        PAGE.blocks("logrotate").getFirst().replace("/var/log/web", folder + "/logs"));
    Image.Result result =
        world.run(
            """
            export ZKHOSTS=zk1:2181
            mkdir logs
            echo access > logs/access.log
            lockex -i reload-web -s '> held; until [ -e logs/access.log.1 ]; do sleep 0.1; done; sleep 0.3; echo another host' &
            until [ -e held ]; do sleep 0.1; done
            /usr/sbin/logrotate --force --state state web.conf
            cat logs/access.log.1
            """);
    assertEquals("another host\nsystemctl reload web\naccess\n", result.out(), result::err);
    assertEquals("", result.err());
  }

  @Test
  void postgresql_refuses_a_holder_that_is_one_no_more() throws IOException {
    Programs.require(Programs.POSTGRESQL.resolve("postgres"));
    Files.writeString(folder.resolve("schema.sql"), PAGE.blocks("sql").getFirst());
    Files.writeString(folder.resolve("book.sql"), PAGE.file("book.sql"));
    String book =
        PAGE.blocks("sh").stream()
            .filter(block -> block.contains("psql"))
            .findFirst()
            .orElseThrow();
    Image.Result result =
        new ExampleWorld(folder)
            .run(
                """
                export ZKHOSTS=zk1:2181 PGHOST=/var/lib/pg PGUSER=postgres LC_ALL=C
                install -d -m 700 -o postgres /var/lib/pg
                pg() { (cd /var/lib/pg && exec setpriv --reuid postgres --regid postgres --init-groups "$@"); }
                pg %1$s/initdb -D data -N -A trust -E UTF8 > initdb.log
                pg %1$s/postgres -D data -c listen_addresses= -c unix_socket_directories=/var/lib/pg -c fsync=off -c dynamic_shared_memory_type=mmap > pg.log 2>&1 &
                until psql -c 'CREATE TABLE ledger (amount integer)' > /dev/null 2>&1; do sleep 0.1; done
                psql -q -v ON_ERROR_STOP=1 -f schema.sql
                %2$s
                lockex -i ledger -s 'echo $LOCKEX_TOKEN > stale'
                %2$s
                psql -q -v ON_ERROR_STOP=1 -v token="$(cat stale)" -f book.sql 2>&1 | grep -o 'ERROR:  lock ledger: .*is older' | tr -d 0-9
                # A holder may write as often as it likes.
                lockex -i ledger -s '
                  for i in 1 2; do psql -q -v ON_ERROR_STOP=1 -v token="$LOCKEX_TOKEN" -f book.sql > /dev/null; done
                  echo $LOCKEX_TOKEN > last'
                psql -Atc "SELECT count(*), (SELECT token = $(cat last) FROM fences) FROM ledger"
                """
                    .formatted(Programs.POSTGRESQL, book));
    assertEquals("ERROR:  lock ledger: token  is older\n4|t\n", result.out(), result::err);
    assertEquals(0, result.code(), result::err);
    assertEquals("", result.err());
  }

  /** As docker run --read-only --cap-drop ALL --security-opt no-new-privileges --user 4321 does. */
  @Test
  void a_container_needs_no_rights_and_ends_at_a_sigterm_to_its_pid_1() throws IOException {
    String image = PAGE.blocks("dockerfile").getFirst();
    Image.Result result =
        new ExampleWorld(folder)
            .run(
                """
                chmod 755 .
                unshare --pid --fork --mount --mount-proc --kill-child sh -c 'mount -o remount,bind,ro / && exec "$0" "$@"' \\
                  setpriv --reuid 4321 --regid 4321 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \\
                  env -i ZKHOSTS=zk1:2181 PATH=/usr/bin:/bin \\
                  %s %s > scheduler.log &
                until grep -qs starts scheduler.log; do sleep 0.1; done
                ZKHOSTS=zk1:2181 lockexctl ls | grep -o ' 4321 '
                kill -TERM $(pgrep -P $!)
                wait $! || true # the code is that of a shell whose sleep was ended, too
                cat scheduler.log
                ZKHOSTS=zk1:2181 lockexctl wait scheduler --timeout 0 && echo free
                """
                    .formatted(words(image, "ENTRYPOINT"), words(image, "CMD")));
    assertEquals(" 4321 \nscheduler starts\nscheduler ends\nfree\n", result.out(), result::err);
    assertEquals("", result.err());
    assertEquals(0, result.code());
  }

  private static String words(String image, String instruction) {
    Matcher line =
        Pattern.compile("^" + instruction + " \\[(.*)]$", Pattern.MULTILINE).matcher(image);
    assertTrue(line.find(), () -> instruction + " in " + image);
    return line.group(1).replace(",", "").replace("/usr/lib/lockex", Image.HOME.toString());
  }
}
