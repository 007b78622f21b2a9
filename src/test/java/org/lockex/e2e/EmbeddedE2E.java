package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** The ZooKeeper inside {@code lockexd --embedded}: who may use it, and what is in its folder. */
class EmbeddedE2E {
  private static final Set<String> AT_REST = Set.of("data", "secret", "serving", "starting");
  private static final Set<String> SERVED =
      Set.of("data", "secret", "server", "serving", "starting");

  @TempDir Path parent;
  private Path folder;

  @BeforeEach
  void name_the_folder() {
    folder = parent.resolve("embedded");
  }

  private Lockexd lockexd() throws Exception {
    return new Lockexd("--embedded", folder.toString());
  }

  private Image.Running start(String program, String... arguments) {
    List<String> command = Image.with(Image.bin(program), "--embedded", folder.toString());
    command.addAll(List.of(arguments));
    return Image.start(Map.of(), new byte[0], command);
  }

  private Image.Result run(String program, String... arguments) {
    return start(program, arguments).end();
  }

  private String address() throws IOException {
    return "127.0.0.1:" + Files.readString(folder.resolve("server")).split(" ")[0];
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }

  private void assertStrangersAreRefused() throws Exception {
    try (ZooKeeper anonymous = new ZooKeeper(address(), 5000, _ -> {})) {
      assertThrows(KeeperException.class, () -> anonymous.getChildren("/", false));
    }
    try (ZooKeeper guessing = new ZooKeeper(address(), 5000, _ -> {})) {
      guessing.addAuthInfo("digest", "lockex:guess".getBytes(UTF_8));
      assertThrows(KeeperException.class, () -> guessing.getChildren("/", false));
    }
  }

  private void assertNobodyServes() {
    Image.Result result = run("lockex", "-i", "x", "--", "true");
    assertEquals(69, result.code());
    Image.assertOneLine(result, "lockex: ", "no lockexd serves " + folder);
    Image.Result shown = run("lockexctl", "ls");
    assertEquals(69, shown.code());
    Image.assertOneLine(shown, "lockexctl: ", "no lockexd serves " + folder);
  }

  @Test
  void who_does_not_know_the_secret_is_refused() throws Exception {
    try (Lockexd lockexd = lockexd()) {
      HttpResponse<String> held = lockexd.acquire("held", 20, 60);
      assertEquals(201, held.statusCode());
      assertStrangersAreRefused();
      assertEquals(408, lockexd.acquire("held", 0, 60).statusCode());
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(held), "").statusCode());
    }
  }

  @Test
  void lockex_and_the_clients_of_lockexd_exclude_each_other() throws Exception {
    try (Lockexd lockexd = lockexd()) {
      HttpResponse<String> held = lockexd.acquire("x", 20, 60);
      assertEquals(201, held.statusCode());
      assertEquals(75, run("lockex", "-n", "-i", "x", "--", "true").code());
      Image.Result shown = run("lockexctl", "show", "x");
      assertTrue(shown.out().contains("1 holder"), () -> shown.out() + shown.err());
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(held), "").statusCode());

      Image.Running running =
          start(
              "lockex", "-i", "x", "--", "sh", "-c", "touch '" + parent + "/runs'; exec sleep 60");
      Poll.until(
          "the command runs", Duration.ofSeconds(20), () -> Files.exists(parent.resolve("runs")));
      assertEquals(408, lockexd.acquire("x", 0, 60).statusCode());
      running.signal("TERM");
      assertEquals(143, running.end().code());
      assertEquals(201, lockexd.acquire("x", 5, 60).statusCode());
    }
  }

  @Test
  void a_lock_outlives_a_kill_and_a_restart_of_lockexd() throws Exception {
    try (Lockexd lockexd = lockexd()) {
      String before = address();
      Image.Running running =
          start(
              "lockex",
              "-i",
              "x",
              "--",
              "sh",
              "-c",
              "touch '" + parent + "/runs'; until [ -e '" + parent + "/end' ]; do sleep 0.1; done");
      Poll.until(
          "the command runs", Duration.ofSeconds(20), () -> Files.exists(parent.resolve("runs")));
      lockexd.crash();
      assertNobodyServes();
      lockexd.restart();
      assertEquals(before, address());
      assertEquals(408, lockexd.acquire("x", 0, 60).statusCode());
      Files.createFile(parent.resolve("end"));
      Image.Result result = running.end();
      assertEquals(0, result.code(), result::err);
    }
  }

  @Test
  void a_folder_of_1_0_is_taken_over_with_its_locks_and_closed_to_strangers() throws Exception {
    HttpResponse<String> held;
    try (ZooKeeperServerEmbedded open = openServer();
        Lockexd before = new Lockexd("-z", open.getConnectionString())) {
      held = before.acquire("kept", 20, 600);
      assertEquals(201, held.statusCode());
      before.stop();
    }
    assertTrue(
        files().stream().anyMatch(name -> name.startsWith("zookeeper.configuration")),
        "1.0 leaves a file here");
    try (Lockexd lockexd = lockexd()) {
      assertStrangersAreRefused();
      assertEquals(408, lockexd.acquire("kept", 0, 60).statusCode());
      assertEquals(75, run("lockex", "-n", "-i", "kept", "--", "true").code());
      assertEquals(204, lockexd.send("DELETE", Lockexd.path(held), "").statusCode());
      assertEquals(0, run("lockex", "-n", "-i", "kept", "--", "true").code());
      assertEquals(SERVED, files());
      assertEquals("rwx------", mode("data"));
    }
  }

  /** The server that lockexd 1.0 ran, open to all. */
  private ZooKeeperServerEmbedded openServer() throws Exception {
    Files.createDirectories(folder);
    Properties properties = new Properties();
    properties.setProperty("clientPortAddress", "127.0.0.1");
    properties.setProperty("clientPort", "0");
    properties.setProperty("tickTime", "1000");
    properties.setProperty("maxClientCnxns", "0");
    properties.setProperty("admin.enableServer", "false");
    ZooKeeperServerEmbedded server =
        ZooKeeperServerEmbedded.builder()
            .baseDir(folder)
            .configuration(properties)
            .exitHandler(ExitHandler.LOG_ONLY)
            .build();
    server.start();
    return server;
  }

  @Test
  void the_folder_holds_data_secret_and_address_for_its_user_alone_under_any_umask()
      throws Exception {
    Image.Running lockexd =
        Image.start(
            Map.of(),
            new byte[0],
            List.of(
                "/bin/sh",
                "-c",
                "umask 0; exec \"$0\" --embedded \"$1\" -l 127.0.0.1:0",
                Image.bin("lockexd"),
                folder.toString()));
    Poll.until("it serves", Duration.ofSeconds(30), () -> Files.exists(folder.resolve("server")));
    assertEquals(SERVED, files());
    assertEquals("rwx------", mode("."));
    assertEquals("rwx------", mode("data"));
    assertEquals("rw-------", mode("secret"));
    assertEquals("rw-------", mode("server"));
    lockexd.signal("TERM");
    Image.Result result = lockexd.end();
    assertEquals(0, result.code(), result::err);
    assertEquals(AT_REST, files());
    assertNobodyServes();
  }

  @Test
  void a_secret_that_others_made_or_may_read_is_refused() throws Exception {
    Files.createDirectory(folder);
    Path secret = Files.writeString(folder.resolve("secret"), "known to others");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    Image.assertOneLine(refused(), "secret", "others may read");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Files.setAttribute(secret, "unix:uid", NOBODY);
    Image.assertOneLine(refused(), "secret", "another user");
    Files.delete(secret);
    Files.setAttribute(folder, "unix:uid", NOBODY);
    Image.assertOneLine(refused(), "belongs to another user");
  }

  private static final int NOBODY = 65534;

  private Image.Result refused() {
    Image.Result result =
        Image.start(
                Map.of(),
                new byte[0],
                List.of(Image.bin("lockexd"), "--embedded", folder.toString(), "-l", "127.0.0.1:0"))
            .end();
    assertEquals(69, result.code(), result::err);
    return result;
  }

  @Test
  void a_folder_that_is_there_stays_readable_for_whom_it_was_but_nobody_else_can_write()
      throws Exception {
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (Lockexd lockexd = lockexd()) {
      assertEquals("rwxr-xr-x", mode("."));
      assertEquals(201, lockexd.acquire("x", 20, 60).statusCode());
    }
  }

  @Test
  void a_second_lockexd_on_the_folder_says_so_and_exits() throws Exception {
    try (Lockexd lockexd = lockexd()) {
      Image.Result second = run("lockexd", "-l", "127.0.0.1:0");
      assertEquals(69, second.code());
      Image.assertOneLine(second, "lockexd: ", folder.toString(), "another lockexd serves");
      assertEquals(201, lockexd.acquire("x", 20, 60).statusCode());
      assertEquals(0, run("lockex", "-i", "y", "--", "true").code());
    }
  }

  @Test
  void where_no_lockexd_serves_it_is_one_line() {
    assertNobodyServes();
  }

  /** Needs root, as much else does. */
  @Test
  void another_user_is_told_that_he_may_not() throws Exception {
    try (Lockexd _ = lockexd()) {
      Image.Result result =
          Image.start(
                  Map.of(),
                  new byte[0],
                  List.of(
                      "setpriv",
                      "--reuid=65534",
                      "--regid=65534",
                      "--clear-groups",
                      Image.bin("lockex"),
                      "--embedded",
                      folder.toString(),
                      "--",
                      "true"))
              .end();
      assertEquals(69, result.code());
      Image.assertOneLine(result, "lockex: ", folder.toString(), "permission denied");
    }
  }
}
