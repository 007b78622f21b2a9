package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;
import org.lockex.fixture.TestZooKeeper;

/** A thread inside lockexd dies. */
class ThreadDeathIT {
  private static final Duration START = Duration.ofMinutes(1);

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper server = new TestZooKeeper();
  private final int port = Ports.free();
  private final List<Process> started = new ArrayList<>();

  private int readyz() throws Exception {
    try {
      URI readyz = URI.create("http://127.0.0.1:" + port + "/readyz");
      try (HttpClient client = HttpClient.newHttpClient()) {
        return client
            .send(
                HttpRequest.newBuilder(readyz).timeout(Duration.ofSeconds(10)).build(),
                BodyHandlers.ofString())
            .statusCode();
      }
    } catch (IOException e) {
      return 0;
    }
  }

  private Process start(boolean virtual) throws Exception {
    Process lockexd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Dtorn=" + folder.resolve("torn"),
                "-Dvirtual=" + virtual,
                "-cp",
                System.getProperty("java.class.path"),
                FaultyLockexd.class.getName(),
                "-z",
                server.hosts(),
                "-l",
                "127.0.0.1:" + port)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    started.add(lockexd);
    Poll.until("it is ready", START, () -> readyz() == 200);
    Files.createFile(folder.resolve("torn"));
    return lockexd;
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  /** Half of it would go on without the other half; a service manager starts it anew. */
  @Test
  void one_of_its_own_ends_lockexd() throws Exception {
    Process lockexd = start(false);
    assertTrue(lockexd.waitFor(60, TimeUnit.SECONDS), "it goes on");
    String err = Files.readString(folder.resolve("err"));
    assertEquals(70, lockexd.exitValue(), err);
    assertTrue(
        err.contains("lockexd: a defect in thread faulty: java.lang.IllegalStateException: torn\n"),
        err);
  }

  @Test
  void one_that_had_a_client_s_matter_in_hand_ends_nobody_else_s() throws Exception {
    Process lockexd = start(true);
    Poll.until("it says so", START, () -> Files.readString(folder.resolve("err")).contains("torn"));
    assertEquals(200, readyz());
    assertTrue(lockexd.isAlive());
    lockexd.destroy();
    assertTrue(lockexd.waitFor(60, TimeUnit.SECONDS), "it goes on");
    assertEquals(0, lockexd.exitValue());
  }
}
