package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/** Files of {@code --embedded} and {@code --local} are for their user alone, under any umask. */
class UmaskE2E {
  private static final int OTHERS = 077;
  private static final int OWNER_FILE = 0600;

  @TempDir Path parent;

  /** What others may use, or the owner may not. */
  private static Set<String> wrong(Path folder) throws IOException {
    Set<String> wrong = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        int mode = (Integer) Files.getAttribute(file, "unix:mode");
        if ((mode & OTHERS) != 0 || (mode & OWNER_FILE) != OWNER_FILE) {
          wrong.add(folder.relativize(file) + " " + Integer.toOctalString(mode));
        }
      }
    }
    return wrong;
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "022", "0777"})
  void of_embedded(String umask) throws Exception {
    Path folder = parent.resolve("embedded");
    int port = Ports.free();
    Image.Running lockexd =
        Image.start(
            Map.of(),
            new byte[0],
            List.of(
                "sh",
                "-c",
                "umask " + umask + "; exec \"$0\" \"$@\"",
                Image.bin("lockexd"),
                "--embedded",
                folder.toString(),
                "-l",
                "127.0.0.1:" + port));
    try {
      String url = "http://127.0.0.1:" + port;
      Poll.until("a lock is taken", () -> taken(url));
      try (Stream<Path> logs = Files.walk(folder.resolve("data"))) {
        assertTrue(logs.anyMatch(file -> file.getFileName().toString().startsWith("log.")));
      }
      assertEquals(Set.of(), wrong(folder));
    } finally {
      lockexd.signal("TERM");
      lockexd.end();
    }
  }

  private static boolean taken(String url) {
    String curl =
        "curl -s -o /dev/null -w '%{http_code}' -d '{\"title\":\"t\",\"wait\":1,\"lifetime\":9}' ";
    return Image.start(Map.of(), new byte[0], List.of("sh", "-c", curl + url + "/locks/a"))
        .end()
        .out()
        .equals("201");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "022", "0777"})
  void of_local(String umask) throws Exception {
    try (LocalUser user = LocalUser.make()) {
      String script = "umask " + umask + "; \"$0\" --local -i a -- true";
      List<String> command = List.of("sh", "-c", script, Image.bin("lockex"));
      Image.Result result = user.start(Map.of("HOME", user.home().toString()), command).end();
      assertEquals(0, result.code(), result.err());
      assertEquals(Set.of(), wrong(user.folder()));
    }
  }
}
