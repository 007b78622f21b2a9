package org.lockex.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.child.ChildException;
import org.lockex.child.Detached;
import org.lockex.cli.Connection;
import org.lockex.local.LocalEndpoint;
import org.lockex.local.LocalException;
import org.lockex.local.LocalServers;
import org.lockex.local.StateFolder;

/** The server of {@code --local}, found or started before anything else of lockex is under way. */
public final class LocalZooKeeper {
  /** Beside the runtime in the image. */
  private static final Path SERVER = Path.of("lib", "local-server");

  /** Nothing of the caller's environment is for the server, which outlives the caller. */
  private static final List<String> ENVIRONMENT = List.of("PATH=/usr/bin:/bin");

  private static final Duration LONGEST_START = Duration.ofSeconds(20);

  private LocalZooKeeper() {}

  /**
   * The server, or empty where the options name another ZooKeeper.
   *
   * @param environment looks up a variable, empty where it is not set
   * @throws LocalException if it cannot be had
   */
  public static Optional<LocalEndpoint> connect(
      Connection connection, Function<String, Optional<String>> environment) throws LocalException {
    if (connection.hosts().isPresent()) {
      return Optional.empty();
    }
    Duration patience =
        connection.connectTimeout().compareTo(LONGEST_START) < 0
            ? connection.connectTimeout()
            : LONGEST_START;
    StateFolder folder = StateFolder.find(environment);
    return Optional.of(new LocalServers(folder, LocalZooKeeper::launch).connect(patience));
  }

  private static void launch(List<String> arguments, Path log) throws IOException {
    Path image = Path.of(System.getProperty("java.home")).resolveSibling("");
    List<String> command = new ArrayList<>();
    command.add(image.resolve(SERVER).toString());
    command.addAll(arguments);
    try {
      Detached.spawn(command, ENVIRONMENT, log);
    } catch (ChildException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
