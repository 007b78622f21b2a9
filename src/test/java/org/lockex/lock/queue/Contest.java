package org.lockex.lock.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;

/**
 * Contenders for locks on one test server; closing it ends them all, and the server if it is its.
 */
public final class Contest implements AutoCloseable {
  public static final LockRoot ROOT = LockRoot.of("lockex");
  public static final Duration TIMEOUT = Duration.ofSeconds(4);

  private final Optional<TestZooKeeper> server;
  private final String hosts;
  private final Optional<String> digest;
  private final List<ZooKeeperSession> sessions = new ArrayList<>();
  final List<Throwable> defects = java.util.Collections.synchronizedList(new ArrayList<>());
  final List<String> notes = java.util.Collections.synchronizedList(new ArrayList<>());

  /** On a server of its own. */
  public Contest() {
    this(new TestZooKeeper());
  }

  private Contest(TestZooKeeper server) {
    this(Optional.of(server), server.hosts(), Optional.empty());
  }

  public Contest(String hosts) {
    this(Optional.empty(), hosts, Optional.empty());
  }

  /** Of those who know a secret. */
  public Contest(String hosts, String digest) {
    this(Optional.empty(), hosts, Optional.of(digest));
  }

  private Contest(Optional<TestZooKeeper> server, String hosts, Optional<String> digest) {
    this.server = server;
    this.hosts = hosts;
    this.digest = digest;
  }

  /** Its own server. */
  public TestZooKeeper server() {
    return server.orElseThrow();
  }

  /** A client that looks on. */
  public CuratorFramework observer() throws Exception {
    ZooKeeperSession session = session();
    session.awaitConnected();
    return session.curator();
  }

  public ZooKeeperSession session() {
    return session(TIMEOUT);
  }

  public ZooKeeperSession session(Duration timeout) {
    return session(timeout, Duration.ofSeconds(20));
  }

  public ZooKeeperSession session(Duration timeout, Duration connectTimeout) {
    ZooKeeperSession session =
        ZooKeeperSession.open(
            new SessionSettings(
                Hosts.parse(hosts),
                timeout,
                connectTimeout,
                digest.map(ClientSecurity::owner).orElse(ClientSecurity.NONE),
                System::nanoTime,
                new Contender("here", 1, "me", "cmd", Instant.EPOCH, "1"),
                notes::add,
                defects::add));
    synchronized (sessions) {
      sessions.add(session);
    }
    return session;
  }

  public static LockRequest request(String id, int concurrency, boolean tryOnly) {
    return new LockRequest(ROOT, LockId.of(id), concurrency, tryOnly);
  }

  public static HeldLock acquire(ZooKeeperSession session, String id, int concurrency)
      throws Exception {
    return Locks.acquire(session, request(id, concurrency, false)).orElseThrow();
  }

  /** Acquires on another thread. */
  public static CompletableFuture<HeldLock> acquiring(
      ZooKeeperSession session, String id, int concurrency) {
    CompletableFuture<HeldLock> future = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        future.complete(acquire(session, id, concurrency));
      } catch (Throwable e) {
        future.completeExceptionally(e);
      }
    });
    return future;
  }

  public static void end(ZooKeeperSession session) throws Exception {
    if (session.end(Duration.ofSeconds(5)) != ZooKeeperSession.End.ANSWERED) {
      throw new AssertionError("the end was not answered");
    }
  }

  public static String text(byte[] data) {
    return new String(data, UTF_8);
  }

  @Override
  public void close() throws Exception {
    List<Thread> closers = new ArrayList<>();
    for (ZooKeeperSession session : sessions) {
      closers.add(Thread.startVirtualThread(() -> close(session)));
    }
    for (Thread closer : closers) {
      closer.join();
    }
    server.ifPresent(TestZooKeeper::close);
  }

  private static void close(ZooKeeperSession session) {
    try {
      if (!session.ended()) {
        session.end(Duration.ofMillis(500));
      }
      session.curator().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
