package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;

/** {@code lockex --local} as a user of its own. */
class LocalE2E {
  private final LocalUser user;

  LocalE2E() throws IOException {
    user = LocalUser.make();
  }

  @AfterEach
  void end_what_the_user_left() throws IOException {
    user.close();
  }

  @Test
  void ten_at_once_on_a_fresh_machine_start_one_server_and_all_run() {
    List<Image.Running> all =
        IntStream.range(0, 10)
            .mapToObj(_ -> start("--local", "-i", "ten", "--", "cat", whereabouts().toString()))
            .toList();
    Set<String> servers = new HashSet<>();
    for (Image.Running one : all) {
      Image.Result result = one.end();
      assertEquals(0, result.code(), result::err);
      assertEquals("", result.err());
      servers.add(result.out());
    }
    assertEquals(1, servers.size(), () -> "servers: " + servers);
  }

  @Test
  void the_server_keeps_nothing_of_its_starter() throws IOException {
    Image.Result result =
        user.start(
                Map.of(),
                List.of(
                    "/bin/sh",
                    "-c",
                    "exec 7</dev/zero; x=$(\"$0\" --local -- echo hi); echo \"$x\"",
                    Image.bin("lockex")))
            .end();
    assertEquals("hi\n", result.out());
    Path process = Path.of("/proc", Long.toString(pid()));
    assertEquals(Path.of("/"), process.resolve("cwd").toRealPath());
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      assertFalse(descriptors.anyMatch(LocalE2E::isDevZero));
    }
    assertEquals(Path.of("/dev/null"), process.resolve("fd/0").toRealPath());
    assertEquals(folder().resolve("log").toRealPath(), process.resolve("fd/1").toRealPath());
    String session =
        Files.readString(process.resolve("stat")).replaceFirst(".*\\) ", "").split(" ")[3];
    assertNotEquals(Long.toString(ProcessHandle.current().pid()), session);
  }

  @Test
  void nobody_else_can_look_into_the_state_folder() throws IOException {
    assertEquals(0, run("--local", "--", "true").code());
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(folder()));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder().resolve("secret")));
  }

  @Test
  void a_server_that_crashed_is_started_anew_with_its_data() throws IOException {
    long before = token();
    long first = pid();
    Image.kill("KILL", first);
    Poll.until("the server is gone", Duration.ofSeconds(10), () -> !alive(first));
    long after = token();
    assertTrue(after > before, () -> after + " after " + before);
    assertNotEquals(first, pid());
  }

  @Test
  void a_stranger_on_the_port_of_a_crashed_server_learns_nothing() throws IOException {
    Files.createDirectories(folder());
    user.own(folder());
    try (ServerSocket stranger = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      Files.writeString(whereabouts(), stranger.getLocalPort() + " 1\n");
      Image.Result result = run("--local", "--", "true");
      assertEquals(0, result.code(), result::err);
      stranger.setSoTimeout(1);
      assertThrows(SocketTimeoutException.class, stranger::accept);
    }
  }

  @Test
  void a_state_folder_of_somebody_else_is_one_line() throws IOException {
    Files.createDirectories(folder());
    Image.Result result = run("--local", "--", "true");
    assertEquals(69, result.code());
    Image.assertOneLine(result, "lockex: ", folder().toString(), "another user");
  }

  private long token() throws IOException {
    Image.Result result = run("--local", "--", "sh", "-c", "echo $LOCKEX_TOKEN");
    assertEquals(0, result.code(), result::err);
    return Long.parseLong(result.out().strip());
  }

  private Image.Result run(String... arguments) {
    return start(arguments).end();
  }

  private Image.Running start(String... arguments) {
    return user.start("lockex", arguments);
  }

  private Path folder() {
    return user.folder();
  }

  private Path whereabouts() {
    return folder().resolve("server");
  }

  private long pid() throws IOException {
    return Long.parseLong(Files.readString(whereabouts()).strip().split(" ")[1]);
  }

  private static boolean isDevZero(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(Path.of("/dev/zero"));
    } catch (IOException e) {
      return false; // closed since
    }
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
