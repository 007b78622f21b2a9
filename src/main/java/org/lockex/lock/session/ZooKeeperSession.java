package org.lockex.lock.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.lockex.security.Connectors;
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

  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final SessionSettings settings;
  private final HostRotation servers;
  private final Connectors connectors;
  private final RecipeRights recipeRights = new RecipeRights();
  private final long opened = System.nanoTime();
  // Guarded by this:
  private WatchedClient current;
  private @Nullable CuratorFramework curator;
  private @Nullable SessionListener listener;
  private boolean authFailed;

  private volatile boolean ended;
  private volatile boolean pinned;

  private ZooKeeperSession(SessionSettings settings) throws IOException {
    this.settings = settings;
    this.servers = new HostRotation(settings.hosts(), settings.clock());
    this.connectors = Connectors.of(settings.security());
    this.current = OwnName.unwanted(() -> new WatchedClient(this));
  }

  /**
   * Starts to connect and returns at once.
   *
   * @param settings what it needs to know
   * @return the session, which has no connection yet
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
    ConnectDiagnosis.requireUsable(connectors, settings);
    synchronized (this) {
      while (!current.isConnected() && !authFailed && !ended && !connectors.isHopeless()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          break;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left + 999_999);
      }
      if (current.isConnected()) {
        return current.client();
      }
      if (ended) {
        throw new InterruptedException("the session was ended");
      }
      if (authFailed) {
        throw ConnectDiagnosis.loginRefused(servers, settings, connectors);
      }
    }
    throw ConnectDiagnosis.unreachable(settings, connectors);
  }

  /** {@return the session id as ZooKeeper prints it, 0x and hex digits; 0x0 before it has one} */
  public String id() {
    return link().sessionName();
  }

  /** {@return the session timeout that the server granted last} */
  public Duration timeout() {
    return Duration.ofMillis(link().getSessionTimeout());
  }

  /**
   * Ends the session, which frees the lock in one write; works in every state and from any thread,
   * once. Threads of this session are left to die with the process, because closing them properly
   * takes 100 ms.
   *
   * @param patience how long to wait for a connection and for the answer; zero: only send it
   * @return how it went
   * @throws InterruptedException if the thread was interrupted
   */
  public End end(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + nanos(patience);
    CountDownLatch answered = new CountDownLatch(1);
    int[] result = new int[1];
    synchronized (this) {
      ended = true;
      notifyAll();
      while (!current.isConnected() && !current.isExpired()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return End.NOT_SENT;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left + 999_999);
      }
      if (current.isExpired()) {
        return End.ANSWERED;
      }
      current
          .client()
          .sendClose((rc, path, context) -> {
            result[0] = rc;
            answered.countDown();
          });
    }
    boolean done = answered.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    return done && result[0] == KeeperException.Code.OK.intValue() ? End.ANSWERED : End.SENT;
  }

  /** {@return what it was opened with} */
  public SessionSettings settings() {
    return settings;
  }

  /**
   * The node of a lock as the server sees it.
   *
   * @param root the parent of all locks
   * @param id the lock
   * @return the path with the chroot
   */
  public String serverPath(LockRoot root, LockId id) {
    return settings.hosts().chroot() + root.pathOf(id);
  }

  /**
   * The client of the session that stands, or is being made.
   *
   * @return another one after an expiry, unless a lock lives on the session
   */
  public synchronized SessionClient link() {
    return current.client();
  }

  /** {@return whether there is a connection, as far as the client told} */
  public synchronized boolean isConnected() {
    return current.isConnected();
  }

  /** {@return whether {@link #end} was called} */
  public boolean ended() {
    return ended;
  }

  /** A lock lives on this session now, so that its expiry is not the beginning of another one. */
  public void pin() {
    pinned = true;
  }

  /** {@return what its clients ask before they delete or list nodes} */
  public RecipeRights recipeRights() {
    return recipeRights;
  }

  /** {@return with what it connects} */
  public Connectors connectors() {
    return connectors;
  }

  /** The servers, and which to try next. */
  HostRotation servers() {
    return servers;
  }

  /** The client's state changed. Called with the session's lock held. */
  void changed(WatchedClient of, Watcher.Event.KeeperState state) {
    switch (state) {
      case SyncConnected, SaslAuthenticated -> of.connected(state, listener);
      case Expired -> {
        settings.notes().accept("ZooKeeper ended session " + of.client().sessionName());
        of.expired(listener);
      }
      case AuthFailed -> authFailed = true;
      default -> of.disconnected();
    }
    notifyAll();
  }

  /** The session timeout to ask for, within what ZooKeeper's client can reckon with. */
  int askedTimeoutMs() {
    return Math.clamp(nanos(settings.sessionTimeout()) / 1_000_000, 1_000, 360_000_000);
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }

  /**
   * Sets the one listener and tells it of the connection that stands, if any.
   *
   * @param listener in the place of the one before
   */
  public synchronized void listen(SessionListener listener) {
    this.listener = listener;
    current.tell(listener);
  }

  /**
   * Waits, however long, until there is a connection.
   *
   * @return false if the session was ended instead
   * @throws IllegalStateException if the servers refuse our login, which its cause tells
   * @throws InterruptedException if the thread was interrupted
   */
  public synchronized boolean awaitLink() throws InterruptedException {
    while (!current.isConnected() && !ended && !authFailed) {
      wait();
    }
    if (authFailed && !ended) {
      throw new IllegalStateException(new KeeperException.AuthFailedException());
    }
    return !ended;
  }

  /** {@return Curator's client on this session, built when first wanted} */
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
        current.catchUp();
      }
      return curator;
    }
  }

  /** Gives Curator the link that stands, or after an expiry the next one. */
  synchronized ZooKeeper linkFor(Watcher watcher) throws IOException {
    if (ended || pinned) {
      return current.client();
    }
    if (current.isWatched()) {
      current = new WatchedClient(this);
    }
    current.passOnTo(watcher);
    return current.client();
  }
}
