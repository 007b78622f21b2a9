package org.lockex.lock.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;

/**
 * The connection to ZooKeeper that a lock lives on. A waiter whose session expires gets a new one
 * behind the scenes; a holder's lease then reports the loss.
 */
public final class ZooKeeperSession {

  /** How the end of a session went. */
  public enum End {
    /** The server confirmed it, or had ended it before: every node of the session is gone. */
    ANSWERED,
    /** The request was sent but not answered in time: the nodes go now or with the timeout. */
    SENT,
    /** ZooKeeper was away: the nodes go when the session times out. */
    NOT_SENT
  }

  /** Hears of the connection's changes, in their order, on a thread that it must not block. */
  public interface Listener {
    /** A session was created, or taken up again, by a request sent at {@code asked} or later. */
    void connected(SessionClient link, boolean created, long asked, long timeoutNanos);

    /** ZooKeeper ended the session of this link. */
    void expired(SessionClient link);
  }

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final SessionSettings settings;
  private final HostRotation servers;
  private final long opened = System.nanoTime();
  // Guarded by this:
  private Door door;
  private @Nullable CuratorFramework curator;
  private @Nullable Listener listener;
  private boolean authFailed;

  private volatile boolean ended;
  private volatile boolean pinned;

  private ZooKeeperSession(SessionSettings settings) throws IOException {
    this.settings = settings;
    this.servers = new HostRotation(settings.hosts(), settings.clock());
    this.door = new Door();
  }

  /**
   * Starts to connect and returns at once.
   *
   * @throws UncheckedIOException if the machine has no descriptor left to give
   */
  public static ZooKeeperSession open(SessionSettings settings) {
    try {
      return new ZooKeeperSession(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for the first connection, at most the connect timeout from {@link #open}, in order to
   * take locks.
   *
   * @throws LockException UNREACHABLE naming the hosts tried, NOT_AUTHORISED
   * @throws InterruptedException if the thread was interrupted
   */
  public void awaitConnected() throws LockException, InterruptedException {
    // Curator's classes load while the server answers.
    curator();
    awaitClient();
  }

  /**
   * Waits for the first connection as {@link #awaitConnected} does, in order to read, without
   * Curator.
   *
   * @return ZooKeeper's own client; its paths carry the chroot
   * @throws LockException UNREACHABLE naming the hosts tried, NOT_AUTHORISED
   * @throws InterruptedException if the thread was interrupted
   */
  public ZooKeeper awaitClient() throws LockException, InterruptedException {
    long deadline = opened + nanos(settings.connectTimeout());
    synchronized (this) {
      while (!door.connected && !authFailed && !ended) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          break;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left + 999_999);
      }
      if (door.connected) {
        return door.link;
      }
      if (ended) {
        throw new InterruptedException("the session was ended");
      }
      if (authFailed) {
        throw new LockException(
            LockException.Kind.NOT_AUTHORISED,
            "cannot log in to ZooKeeper",
            settings.hosts().names(),
            "the server refused the login");
      }
    }
    throw new LockException(
        LockException.Kind.UNREACHABLE,
        "cannot reach ZooKeeper",
        settings.hosts().names(),
        ConnectDiagnosis.of(servers, settings));
  }

  /** The session id as ZooKeeper prints it: {@code 0x} and hex digits; 0x0 before it has one. */
  public String id() {
    return "0x" + Long.toHexString(link().getSessionId());
  }

  /** The session timeout that the server granted. */
  public Duration timeout() {
    return Duration.ofMillis(link().getSessionTimeout());
  }

  /**
   * Ends the session, which frees the lock in one write; works in every state and from any thread,
   * once. Threads of this session are left to die with the process, because closing them properly
   * takes 100 ms.
   *
   * @param patience how long to wait for a connection and for the answer; zero: only send it
   */
  public End end(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + nanos(patience);
    CountDownLatch answered = new CountDownLatch(1);
    int[] result = new int[1];
    synchronized (this) {
      ended = true;
      notifyAll();
      while (!door.connected && !door.expired) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return End.NOT_SENT;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left + 999_999);
      }
      if (door.expired) {
        return End.ANSWERED;
      }
      door.link.sendClose((rc, path, context) -> {
        result[0] = rc;
        answered.countDown();
      });
    }
    boolean done = answered.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    return done && result[0] == KeeperException.Code.OK.intValue() ? End.ANSWERED : End.SENT;
  }

  public SessionSettings settings() {
    return settings;
  }

  /** The node of a lock as the server sees it, with the chroot. */
  public String serverPath(LockRoot root, LockId id) {
    return settings.hosts().chroot() + root.pathOf(id);
  }

  public synchronized SessionClient link() {
    return door.link;
  }

  public synchronized boolean isConnected() {
    return door.connected;
  }

  public boolean ended() {
    return ended;
  }

  /** A lock lives on this session now, so that its expiry is not the beginning of another one. */
  public void pin() {
    pinned = true;
  }

  /** The session timeout to ask for, within what ZooKeeper's client can reckon with. */
  int askedTimeoutMs() {
    return Math.clamp(nanos(settings.sessionTimeout()) / 1_000_000, 1_000, 360_000_000);
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }

  /** Sets the one listener and tells it of the connection that stands, if any. */
  public synchronized void listen(Listener listener) {
    this.listener = listener;
    if (door.granted) {
      listener.connected(door.link, true, door.createdAsked, door.createdTimeout);
      if (door.asked != door.createdAsked) {
        listener.connected(door.link, false, door.asked, door.timeout());
      }
    }
  }

  /**
   * Waits, however long, until there is a connection.
   *
   * @return false if the session was ended instead
   */
  public synchronized boolean awaitLink() throws InterruptedException {
    while (!door.connected && !ended) {
      wait();
    }
    return !ended;
  }

  /** Curator's client on this session, built when first wanted. */
  public CuratorFramework curator() {
    synchronized (this) {
      if (curator != null) {
        return curator;
      }
    }
    CuratorFramework built = CuratorClients.on(this);
    synchronized (this) {
      if (curator == null) {
        curator = built;
        built.start();
        Watcher watcher = door.watcher;
        if (door.connected && watcher != null) {
          // It did not see this; and the link's own queue drops what it had before.
          watcher.process(
              new WatchedEvent(
                  Watcher.Event.EventType.None, Watcher.Event.KeeperState.SyncConnected, null));
        }
      }
      return curator;
    }
  }

  /** Gives Curator the link that stands, or after an expiry the next one. */
  synchronized ZooKeeper linkFor(Watcher watcher) throws IOException {
    if (ended || pinned) {
      return door.link;
    }
    if (door.watcher != null) {
      door = new Door();
    }
    door.watcher = watcher;
    return door.link;
  }

  /** One link and what is known of it; passes its events on to Curator. Guarded by the session. */
  private final class Door implements Watcher {
    private final SessionClient link;
    private @Nullable Watcher watcher;
    private boolean connected;
    private boolean granted;
    private boolean expired;
    private long asked;
    private long createdAsked;
    private long createdTimeout;

    Door() throws IOException {
      synchronized (ZooKeeperSession.this) {
        link = new SessionClient(servers, askedTimeoutMs(), this);
        if (settings.digest().isPresent()) {
          link.addAuthInfo("digest", settings.digest().get().getBytes(UTF_8));
        }
      }
    }

    @Override
    public void process(WatchedEvent event) {
      Watcher next;
      synchronized (ZooKeeperSession.this) {
        if (event.getType() == Event.EventType.None) {
          changed(event.getState());
        }
        next = watcher;
      }
      if (next != null) {
        next.process(event);
      }
    }

    private void changed(Event.KeeperState state) {
      switch (state) {
        case SyncConnected -> {
          boolean again = granted && asked == link.asked();
          connected = true;
          asked = link.asked();
          if (!granted) {
            createdAsked = asked;
            createdTimeout = timeout();
          }
          if (!again && listener != null) {
            listener.connected(link, !granted, asked, timeout());
          }
          granted = true;
        }
        case Expired -> {
          connected = false;
          expired = true;
          settings.notes().accept("ZooKeeper ended session " + id());
          if (listener != null) {
            listener.expired(link);
          }
        }
        case AuthFailed -> authFailed = true;
        default -> connected = false;
      }
      ZooKeeperSession.this.notifyAll();
    }

    private long timeout() {
      return TimeUnit.MILLISECONDS.toNanos(link.getSessionTimeout());
    }
  }
}
