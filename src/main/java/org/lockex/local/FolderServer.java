package org.lockex.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.lockex.lock.session.Hosts;
import org.lockex.security.ClientSecurity;

/**
 * The server of {@code lockexd --embedded}: runs in this process as long as lockexd does, for
 * whoever may read its folder. One folder has one server at a time.
 */
public final class FolderServer implements AutoCloseable {
  /** How long a predecessor may take to be gone. */
  private static final Duration PREDECESSOR = Duration.ofSeconds(2);

  /** Bytes; the server writes its log in steps of this. */
  private static final int STEP = 1024 * 1024;

  private final StateFolder folder;
  private final EmbeddedServer server;
  private final FileChannel serving;
  private final ServerLocation location;

  private FolderServer(
      StateFolder folder, EmbeddedServer server, FileChannel serving, ServerLocation location) {
    this.folder = folder;
    this.server = server;
    this.serving = serving;
    this.location = location;
  }

  /**
   * Starts it.
   *
   * @param path the folder, absolute; made where need be, data that version 1.0 left there is taken
   *     over
   * @return the server, which answers
   * @throws LocalException if it does not start, or another serves the folder
   */
  public static FolderServer start(Path path) throws LocalException {
    StateFolder folder = new StateFolder(path);
    try {
      folder.createForService();
      try (FileChannel _ = folder.lockToStart()) {
        folder.lockToServe(PREDECESSOR).close(); // nobody serves it
        int port = folder.address().map(ServerAddress::port).orElse(0);
        // Before it counts as served: nobody is to tell the secret to whoever listens there now.
        folder.retract();
        return start(folder, port, folder.lockToServe(PREDECESSOR));
      }
    } catch (TimeoutException e) {
      throw new LocalException(
          "start ZooKeeper on " + path + ": another lockexd serves this folder");
    } catch (IOException e) {
      throw LocalException.of("start ZooKeeper", folder, e);
    }
  }

  private static FolderServer start(StateFolder folder, int port, FileChannel serving)
      throws IOException {
    try {
      folder.removeConfigurations();
      String digest = SecretAuthentication.digest(folder.secret());
      EmbeddedServer server = EmbeddedServer.start(folder, port, ExitHandler.LOG_ONLY);
      ServerAddress address = ServerAddress.ofThisProcess(server.port());
      folder.publish(address);
      return new FolderServer(
          folder,
          server,
          serving,
          new ServerLocation(
              Hosts.parse(address.hosts()), ClientSecurity.owner(digest), Optional.empty()));
    } catch (IOException | RuntimeException e) {
      serving.close();
      throw e;
    }
  }

  /**
   * The server of a lockexd that runs.
   *
   * @param path the folder, absolute
   * @throws LocalException if none serves it, or the folder may not be read
   */
  static LocalEndpoint find(Path path) throws LocalException {
    StateFolder folder = new StateFolder(path);
    try {
      return LocalEndpoint.find(folder)
          .orElseThrow(() -> new LocalException("connect to ZooKeeper: no lockexd serves " + path));
    } catch (IOException e) {
      throw LocalException.of("find ZooKeeper", folder, e);
    }
  }

  /**
   * Runs {@code then}, with the reason, should it end by itself: its disk may be full.
   *
   * @param then hears one clause
   */
  public void whenDead(Consumer<String> then) {
    EmbeddedServer.whenDead(
        () -> then.accept("ZooKeeper on " + folder.path() + " cannot go on" + why(folder.path())));
  }

  /** It tells only its log why. Most often it could not write, and no more can we. */
  private static String why(Path path) {
    try {
      Path probe = Files.createTempFile(path, "probe", null);
      try {
        Files.write(probe, new byte[STEP]);
      } finally {
        Files.delete(probe);
      }
      return "; --debug shows what it says";
    } catch (IOException e) {
      String why = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
      return ": " + (why == null ? "no such file" : why.toLowerCase(Locale.ROOT));
    }
  }

  /** {@return how this process reaches it} */
  public ServerLocation location() {
    return location;
  }

  /** Ends it; its data stay. */
  @Override
  public void close() throws IOException {
    EmbeddedServer.whenDead(() -> {});
    folder.retract();
    server.close();
    serving.close();
  }
}
