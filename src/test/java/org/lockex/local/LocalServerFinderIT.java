package org.lockex.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The local server as its own process, seen by clients that know the secret and by one that does
 * not.
 */
class LocalServerFinderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final BlockingQueue<Process> started = new LinkedBlockingQueue<>();

  @AfterEach
  void stop_the_servers() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void serves_who_knows_the_secret_and_keeps_the_data_over_a_crash() throws Exception {
    LocalEndpoint first = servers(60_000).connect(PATIENCE);
    with(
        first,
        true,
        client ->
            client.create(
                "/kept", new byte[0], ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT));
    started.element().destroyForcibly().waitFor();
    LocalEndpoint second = servers(60_000).connect(PATIENCE);
    with(second, true, client -> client.getData("/kept", false, null));
    assertEquals(first.server().port(), second.server().port());
    assertEquals(2, started.size());
  }

  @Test
  void finds_the_server_that_runs() throws Exception {
    LocalEndpoint first = servers(60_000).connect(PATIENCE);
    assertEquals(first.server(), servers(60_000).connect(PATIENCE).server());
    assertEquals(1, started.size());
  }

  @Test
  void refuses_who_does_not_know_the_secret() throws Exception {
    LocalEndpoint endpoint = servers(60_000).connect(PATIENCE);
    assertThrows(
        KeeperException.class,
        () -> with(endpoint, false, client -> client.getChildren("/", false)));
    LocalEndpoint stranger = new LocalEndpoint(endpoint.server(), "lockex:guess", endpoint.pin());
    assertThrows(
        KeeperException.AuthFailedException.class,
        () -> with(stranger, true, client -> client.getChildren("/", false)));
  }

  @Test
  void stops_when_nobody_needs_it_and_is_started_anew() throws Exception {
    servers(300).connect(PATIENCE).pin().close();
    assertTrue(started.element().waitFor(60, TimeUnit.SECONDS), "it does not stop");
    assertEquals(0, started.element().exitValue());
    assertFalse(Files.exists(folder.resolve("server")));
    with(servers(300).connect(PATIENCE), true, client -> client.getChildren("/", false));
  }

  @Test
  @Tag("waits") // the server gives a client 200 ms to connect
  void a_client_that_meets_it_while_stopping_is_served() throws Exception {
    LocalServerFinder servers = servers(1);
    for (int i = 0; i < 8; i++) {
      try (java.net.Socket pin = servers.connect(PATIENCE).pin()) {
        LocalEndpoint endpoint = servers.connect(PATIENCE);
        with(endpoint, true, client -> client.getChildren("/", false));
        endpoint.pin().close();
      }
      Thread.sleep(30L * i); // another moment of its end each time
    }
  }

  @Test
  void tells_why_a_server_does_not_start() throws Exception {
    Files.createFile(folder.resolve("data")); // where ZooKeeper wants a folder
    LocalException e = assertThrows(LocalException.class, () -> servers(60_000).connect(PATIENCE));
    assertTrue(String.valueOf(e.getMessage()).contains(folder.toString()), e::getMessage);
  }

  private interface Work {
    Object with(ZooKeeper client) throws KeeperException, InterruptedException;
  }

  /** Needs root, as much else does. */
  @Test
  void refuses_the_folder_and_the_link_of_another_user() throws IOException {
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Path own = Files.createDirectory(folder.resolve("own"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), own);
    for (Path path : List.of(foreign, link)) {
      Files.setAttribute(path, "unix:uid", 4321, LinkOption.NOFOLLOW_LINKS);
      LocalException refusal =
          assertThrows(
              LocalException.class,
              () ->
                  new LocalServerFinder(
                          new StateFolder(path),
                          (_, _) -> {
                            throw new AssertionError("started");
                          })
                      .connect(PATIENCE));
      assertTrue(String.valueOf(refusal.getMessage()).contains("another user"));
    }
  }

  private static void with(LocalEndpoint endpoint, boolean secret, Work work) throws Exception {
    try (ZooKeeper client = new ZooKeeper(endpoint.hosts(), 2000, _ -> {})) {
      if (secret) {
        client.addAuthInfo("digest", endpoint.digest().getBytes(UTF_8));
      }
      work.with(client);
    }
  }

  private LocalServerFinder servers(int idleMillis) {
    return new LocalServerFinder(
        new StateFolder(folder),
        (arguments, log) -> started.add(launch(arguments, log, idleMillis)));
  }

  private static Process launch(List<String> arguments, Path log, int idleMillis)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LocalServer.class.getName()));
    command.addAll(arguments);
    command.add(Integer.toString(idleMillis));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
