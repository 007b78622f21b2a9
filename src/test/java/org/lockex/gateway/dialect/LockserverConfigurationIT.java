package org.lockex.gateway.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.gateway.dialect.LockserverConfiguration.BadConfiguration;
import org.lockex.znode.LockId;

/** Configuration files as Python's ConfigParser reads them. */
class LockserverConfigurationIT {
  @TempDir Path folder;

  private LockserverConfiguration read(String text) throws Exception {
    return LockserverConfiguration.read(Files.writeString(folder.resolve("lockserver.conf"), text));
  }

  @Test
  void colons_comments_continuations_and_defaults_are_pythons() throws Exception {
    LockserverConfiguration read =
        read(
            """
            # a comment
            ; another
            rem and a third
            [DEFAULT]
            lock_grace_time = 7
            [general]
            SERVER:locks.example
            PORT: 9090
            LOGLEVEL = Warning ; said after the value
              # an indented comment
            LIFECYCLE_PERIOD=1
            default_lock: the
            DEFAULT_LOCK_SIZE =
                3

            DEFAULT_LOCK_MAX_LOCK_TIME=60
            [other=lock]
              LOCK_SIZE : 2
              LOCK_EXPIRATION_TIME=5
            """);
    assertEquals(9090, read.listen().orElseThrow().getPort());
    assertEquals("locks.example", read.listen().orElseThrow().getHostString());
    assertEquals(Optional.of("Warning"), read.logLevel());
    assertEquals(
        List.of(
            new CountingLock(
                LockId.of("the"),
                3,
                Duration.ofSeconds(7),
                Duration.ofSeconds(1200),
                Duration.ofSeconds(60)),
            new CountingLock(
                LockId.of("other=lock"),
                2,
                Duration.ofSeconds(7),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60))),
        read.locks());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PORT=99999 | PORT=99999: not a port",
        "PORT=-1 | PORT=-1: not a port",
        "PORT=http | PORT=http: not a whole number",
        "PORT=1~  2 | PORT=1 2: not a whole number",
        "PROT=8888 | PROT: no such key in [general]",
        "LOCK=x | LOCK: no such key in [general]",
        "LOGLEVEL=loud | LOGLEVEL=loud: not superdebug, debug, info, error or warning",
        "LOG_FILE=/nowhere/at/all | LOG_FILE=/nowhere/at/all: cannot be written: no such folder",
        "LOG_FILE=/ | LOG_FILE=/: cannot be written: is a directory",
        "DEFAULT_LOCK=a/b | not a lock's name: a/b",
        "nonsense | is not KEY = VALUE",
        "=x | is not KEY = VALUE",
      })
  void what_is_wrong_is_said_with_file_and_line(String row) {
    String[] parts = row.split(" \\| ", -1);
    BadConfiguration bad =
        assertThrows(
            BadConfiguration.class,
            () -> read("[general]\n\nSERVER=x\n" + parts[0].replace('~', '\n') + "\n"));
    assertEquals(folder.resolve("lockserver.conf") + ":4: " + parts[1], bad.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOCK_SIZE=0 | LOCK_SIZE=0: less than 1",
        "DEFAULT_LOCK_SIZE=-2 | DEFAULT_LOCK_SIZE=-2: less than 1",
        "LOCK_GRACE_TIME=0 | LOCK_GRACE_TIME=0: not a positive number of seconds",
        "LOCK_MAX_LOCK_TIME=x | LOCK_MAX_LOCK_TIME=x: not a positive number of seconds",
        "LOCK_EXPIRATION_TIME=-1 | LOCK_EXPIRATION_TIME=-1: not a positive number of seconds",
        "PORT=1 | PORT: no such key in [mine]",
      })
  void a_wrong_lock_is_said_with_file_and_line(String row) {
    String[] parts = row.split(" \\| ", -1);
    BadConfiguration bad =
        assertThrows(BadConfiguration.class, () -> read("[mine]\n" + parts[0] + "\n"));
    assertEquals(folder.resolve("lockserver.conf") + ":2: " + parts[1], bad.getMessage());
  }

  @Test
  void nothing_stands_before_the_first_section() {
    BadConfiguration bad = assertThrows(BadConfiguration.class, () -> read("PORT=1\n"));
    assertEquals(
        folder.resolve("lockserver.conf") + ":1: stands before the first section",
        bad.getMessage());
  }
}
