package org.lockex.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.child.Detached;

/** Finds the local server of this user, or starts it. */
public final class LocalServerFinder {
  /** Beside the runtime in the image. */
  private static final Path SERVER = Path.of("lib", "local-server");

  /** Nothing of the caller's environment is for the server, which outlives the caller. */
  private static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin");

  private static final Duration LONGEST_START = Duration.ofSeconds(20);
  private static final long LONGEST_LOG = 1 << 20;

  private final StateFolder folder;
  private final Launcher launcher;

  /** Starts the server. */
  @FunctionalInterface
  interface Launcher {
    /**
     * Starts {@link LocalServer} with these arguments, detached.
     *
     * @param log what it writes on stdout and stderr goes there
     */
    void launch(List<String> arguments, Path log) throws IOException;
  }

  /** The local server that keeps its state in {@code folder}. */
  LocalServerFinder(StateFolder folder, Launcher launcher) {
    this.folder = folder;
    this.launcher = launcher;
  }

  /**
   * The local server of this user, started where need be from the image that runs.
   *
   * @param environment looks up a variable, empty where it is not set; it only tells where version
   *     1.0 may have left its folder
   * @return the server, running or not
   * @throws LocalException if its folder cannot be told or made
   */
  public static LocalServerFinder ofThisUser(Function<String, Optional<String>> environment)
      throws LocalException {
    try {
      return ofImage(UserState.ofThisUser(environment).claim());
    } catch (IOException e) {
      throw LocalException.of("start the local server", Path.of("/proc"), e);
    }
  }

  /**
   * The same to look at: nothing is made.
   *
   * @param environment as above
   * @return the server, running or not
   * @throws LocalException if its folder cannot be told
   */
  public static LocalServerFinder toLookAt(Function<String, Optional<String>> environment)
      throws LocalException {
    try {
      return ofImage(UserState.ofThisUser(environment).find());
    } catch (IOException e) {
      throw LocalException.of("find the local server", Path.of("/proc"), e);
    }
  }

  private static LocalServerFinder ofImage(StateFolder folder) {
    Path image = Path.of(System.getProperty("java.home")).resolveSibling("");
    return new LocalServerFinder(
        folder,
        (arguments, log) -> {
          List<String> command = new ArrayList<>();
          command.add(image.resolve(SERVER).toString());
          command.addAll(arguments);
          Detached.spawn(command, ENVIRONMENT, log);
        });
  }

  /**
   * {@return where the server keeps its state, running or not}
   *
   * @throws IOException if its folder cannot be read
   */
  public Path folder() throws IOException {
    return Files.exists(folder.path()) ? folder.path().toRealPath() : folder.path();
  }

  /**
   * Finds the server, or starts it; of many callers at once one starts it and the others wait.
   *
   * @param timeout how long a start may take, at most 20 s
   * @return where it answers
   * @throws LocalException if it does not start
   */
  public LocalEndpoint connect(Duration timeout) throws LocalException {
    try {
      folder.create();
      Optional<LocalEndpoint> running = LocalEndpoint.find(folder);
      return running.isPresent()
          ? running.get()
          : start(timeout.compareTo(LONGEST_START) < 0 ? timeout : LONGEST_START);
    } catch (IOException e) {
      throw LocalException.of("start the local server", folder, e);
    }
  }

  /**
   * {@return the server, if one runs; nothing is started}
   *
   * @throws LocalException if its folder cannot be read
   */
  public Optional<LocalEndpoint> running() throws LocalException {
    try {
      return LocalEndpoint.find(folder);
    } catch (IOException e) {
      throw LocalException.of("find the local server", folder, e);
    }
  }

  private LocalEndpoint start(Duration timeout) throws IOException, LocalException {
    try (FileChannel _ = folder.lockToStart()) {
      Optional<LocalEndpoint> running = LocalEndpoint.find(folder);
      if (running.isPresent()) {
        return running.get(); // another was faster
      }
      launch(timeout);
      running = LocalEndpoint.find(folder);
      if (running.isPresent()) {
        return running.get();
      }
      if (folder.isServed()) {
        throw new LocalException(
            "connect to the server on "
                + folder.path()
                + ": it runs in another network namespace (a container?) or on another machine: out"
                + " of reach from here");
      }
      throw fault("it ended at once");
    }
  }

  private void launch(Duration timeout) throws IOException, LocalException {
    int port = folder.address().map(ServerAddress::port).orElse(0);
    folder.retract(); // nobody is to tell the secret to whoever listens there now
    String secret = folder.secret();
    prepareLog();
    try (ReadinessCall readiness = new ReadinessCall()) {
      launcher.launch(
          List.of(
              folder.path().toString(), Integer.toString(readiness.port()), Integer.toString(port)),
          folder.log());
      String fault = readiness.await(secret, timeout);
      if (!fault.isEmpty()) {
        throw fault(fault);
      }
    }
  }

  private LocalException fault(String why) {
    return new LocalException(
        "start the local server on " + folder.path() + ": " + why + " (see its log there)");
  }

  private void prepareLog() throws IOException {
    if (Files.exists(folder.log()) && Files.size(folder.log()) > LONGEST_LOG) {
      Files.delete(folder.log());
    }
    folder.makeLog();
  }
}
