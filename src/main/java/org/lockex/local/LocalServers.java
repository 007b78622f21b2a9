package org.lockex.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds the local server of this user, or starts it. */
public final class LocalServers {
  private static final int CONNECT_MILLIS = 1000;
  private static final long LONGEST_LOG = 1 << 20;

  private final StateFolder folder;
  private final Launcher launcher;

  /** Starts a process that belongs to nobody. */
  @FunctionalInterface
  public interface Launcher {
    /**
     * Starts {@link LocalServer} with these arguments, detached.
     *
     * @param log what it writes on stdout and stderr goes there
     */
    void launch(List<String> arguments, Path log) throws IOException;
  }

  /** The local server that keeps its state in {@code folder}. */
  public LocalServers(StateFolder folder, Launcher launcher) {
    this.folder = folder;
    this.launcher = launcher;
  }

  /**
   * Finds the server, or starts it; of many callers at once one starts it and the others wait.
   *
   * @param patience how long a start may take
   * @throws LocalException if it cannot be had
   */
  public LocalEndpoint connect(Duration patience) throws LocalException {
    try {
      folder.create();
      Optional<LocalEndpoint> running = running();
      return running.isPresent() ? running.get() : start(patience);
    } catch (IOException e) {
      throw LocalException.of("start the local server", folder, e);
    }
  }

  /** The server, if one runs; nothing is started. */
  public Optional<LocalEndpoint> running() throws IOException {
    Optional<Whereabouts> found = folder.whereabouts();
    if (found.isEmpty() || !folder.isServed()) {
      return Optional.empty();
    }
    Socket pin = new Socket();
    try {
      pin.connect(new InetSocketAddress(Readiness.loopback(), found.get().port()), CONNECT_MILLIS);
    } catch (IOException e) {
      pin.close();
      return Optional.empty(); // it is stopping
    }
    // A server that is about to stop takes this back first and looks for connections then.
    if (!folder.whereabouts().equals(found)) {
      pin.close();
      return Optional.empty();
    }
    String digest = SecretOnly.USER + ":" + folder.secret();
    return Optional.of(new LocalEndpoint(found.get(), digest, pin));
  }

  private LocalEndpoint start(Duration patience) throws IOException, LocalException {
    try (FileChannel _ = folder.lockToStart()) {
      Optional<LocalEndpoint> running = running();
      if (running.isPresent()) {
        return running.get(); // another was faster
      }
      launch(patience);
      return running().orElseThrow(() -> fault("it ended at once"));
    }
  }

  private void launch(Duration patience) throws IOException, LocalException {
    int port = folder.whereabouts().map(Whereabouts::port).orElse(0);
    folder.retract(); // nobody is to tell the secret to whoever listens there now
    String secret = folder.secret();
    trimLog();
    try (Readiness readiness = new Readiness()) {
      launcher.launch(
          List.of(
              folder.path().toString(), Integer.toString(readiness.port()), Integer.toString(port)),
          folder.log());
      String fault = readiness.await(secret, patience);
      if (!fault.isEmpty()) {
        throw fault(fault);
      }
    }
  }

  private LocalException fault(String why) {
    return new LocalException(
        "start the local server on " + folder.path() + ": " + why + " (see its log there)");
  }

  private void trimLog() throws IOException {
    if (Files.exists(folder.log()) && Files.size(folder.log()) > LONGEST_LOG) {
      Files.delete(folder.log());
    }
  }
}
