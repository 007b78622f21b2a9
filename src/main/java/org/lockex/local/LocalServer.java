package org.lockex.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.server.embedded.ExitHandler;

/**
 * The process of the local server: serves this user's lockex until nobody has needed it for a
 * minute.
 */
public final class LocalServer {
  private static final Duration IDLE = Duration.ofMinutes(1);

  /** How long a predecessor may take to be gone. */
  private static final Duration PREDECESSOR = Duration.ofSeconds(2);

  /** From reading where the server is to being connected. */
  private static final long FOUND_BEFORE_MILLIS = 200;

  private static final Duration KEEP = Duration.ofDays(1);

  private final StateFolder folder;
  private final int caller;
  private final int port;
  private final Duration idle;
  private final AtomicBoolean called = new AtomicBoolean();

  private LocalServer(StateFolder folder, int caller, int port, Duration idle) {
    this.folder = folder;
    this.caller = caller;
    this.port = port;
    this.idle = idle;
  }

  /**
   * Runs it.
   *
   * @param args the state folder; the loopback port where the starter waits for a word; the port
   *     that sessions of a crashed predecessor know, or 0; and optionally the milliseconds without
   *     a session after which it stops
   */
  public static void main(String[] args) {
    LocalServer server =
        new LocalServer(
            new StateFolder(Path.of(args[0])),
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            args.length > 3 ? Duration.ofMillis(Long.parseLong(args[3])) : IDLE);
    Runtime.getRuntime().halt(server.run());
  }

  private int run() {
    // ZooKeeper ends the process where it cannot go on.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> tell("ZooKeeper ended while it started")));
    try (FileChannel _ = folder.lockToServe(PREDECESSOR);
        EmbeddedServer server = EmbeddedServer.start(folder, port, ExitHandler.EXIT)) {
      folder.publish(ServerAddress.ofThisProcess(server.port()));
      tell("");
      try (FileChannel _ = awaitIdle(server)) {
        server.close();
        folder.keep();
        return 0;
      }
    } catch (TimeoutException e) {
      tell(""); // There is a server already; the starter of that one died.
      return 0;
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      tell(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private void tell(String what) {
    if (called.getAndSet(true)) {
      return;
    }
    try {
      ReadinessCall.call(caller, folder.secret(), what.replace('\n', ' '));
    } catch (IOException e) {
      System.err.println("nobody waits for this server: " + e); // others find it
    }
  }

  /**
   * Waits until there was no session for the time allowed.
   *
   * @return the right to start a server, which nobody is to have before this one is gone
   */
  private FileChannel awaitIdle(EmbeddedServer server) throws InterruptedException, IOException {
    long busy = System.nanoTime();
    // ZooKeeper tells nobody of the end of a session, so this looks now and then.
    long look = Math.min(idle.toMillis() / 10 + 1, 2000);
    long kept = busy;
    folder.keep();
    while (true) {
      Thread.sleep(look);
      if (System.nanoTime() - kept >= KEEP.toNanos()) {
        kept = System.nanoTime();
        folder.keep();
      }
      if (server.isBusy()) {
        busy = System.nanoTime();
      } else if (System.nanoTime() - busy >= idle.toNanos()) {
        FileChannel starting = folder.lockToStart();
        if (retire(server)) {
          return starting;
        }
        starting.close();
        busy = System.nanoTime();
      }
    }
  }

  /** Who found the server before has a connection to it now: then it stays. */
  private boolean retire(EmbeddedServer server) throws InterruptedException, IOException {
    Optional<ServerAddress> here = folder.address();
    folder.retract();
    Thread.sleep(FOUND_BEFORE_MILLIS);
    if (server.isBusy() && here.isPresent()) {
      folder.publish(here.get());
      return false;
    }
    return true;
  }
}
