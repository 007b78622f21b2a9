package org.lockex.lock.lease;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;

/**
 * Keeps one lock's lease: sends what {@link LeaseClock} lives on, and hears of the loss.
 *
 * <p>A waiter reads every T/5, which costs the server what a ping costs, so that the lease can be
 * judged the moment the lock is had. One who is next in line sends a heartbeat through the quorum
 * instead, a holder does so every T/10. Silence for T/6 makes it try another server.
 */
public final class LeaseKeeper implements Lease, ZooKeeperSession.Listener, Watcher {
  private static final long SHORTEST_BEAT = TimeUnit.MILLISECONDS.toNanos(250);

  private final ZooKeeperSession session;
  private final String parent;
  private final LongSupplier clock;
  // All guarded by this:
  private final LeaseClock lease = new LeaseClock();
  private final ArrayDeque<Long> unanswered = new ArrayDeque<>();
  private @Nullable SessionClient link;
  private @Nullable String held;

  /** The node is not held but next in line: its end is no loss. */
  private boolean expected;

  private long lastSent;
  private boolean beatDue;
  private boolean over;
  private @Nullable Deadline deadline;
  private @Nullable Loss loss;
  private @Nullable Listener listener;
  private @Nullable Runnable whenChanged;
  private long seen;

  private LeaseKeeper(ZooKeeperSession session, String parent) {
    this.session = session;
    this.parent = parent;
    this.clock = session.settings().clock();
  }

  /**
   * Begins as a waiter.
   *
   * @param parent of the nodes that hold the lock, with the chroot
   */
  public static LeaseKeeper start(ZooKeeperSession session, String parent) {
    LeaseKeeper keeper = new LeaseKeeper(session, parent);
    session.listen(keeper);
    Thread thread = new Thread(keeper::run, "lockex-lease");
    thread.setDaemon(true);
    thread.start();
    return keeper;
  }

  /**
   * Sends heartbeats for a node that is next in line.
   *
   * @return whether they begin with this call
   */
  public synchronized boolean expect(SessionClient owner, String path) {
    if (whenChanged != null) {
      whenChanged.run();
    }
    if (link != owner || loss != null || (expected && path.equals(held))) {
      return false;
    }
    expected = true;
    held = path;
    deadline = null;
    beat(clock.getAsLong());
    notifyAll();
    return true;
  }

  private void expectNothing() {
    expected = false;
    held = null;
    deadline = null;
  }

  /**
   * Sends heartbeats for an expected node as its holder from now on, if its lease lasts a while
   * yet; otherwise nothing changes.
   */
  public synchronized boolean succeed(SessionClient owner, String path) {
    if (!expected || over || link != owner || !path.equals(held) || !lasts()) {
      return false;
    }
    expected = false;
    beat(clock.getAsLong());
    notifyAll();
    return true;
  }

  /** Sends heartbeats for this node from now on. */
  public synchronized void hold(SessionClient owner, String path) {
    expectNothing();
    if (link == owner && loss == null) {
      held = path;
      beat(clock.getAsLong());
      notifyAll();
    } else {
      loss = new Loss.Expired("0x" + Long.toHexString(owner.getSessionId()));
    }
  }

  /**
   * While we wait, tells within T/5 that holders came or went. A watch would tell all that wait in
   * the very moment in which the next one is to start.
   *
   * @param whenChanged only enqueues
   */
  public synchronized void listenForChanges(Runnable whenChanged) {
    this.whenChanged = whenChanged;
  }

  /** Sends one heartbeat for the lock's parent, ahead of those that will count. */
  public synchronized void rehearse() {
    if (link != null && held == null) {
      beat(link, clock.getAsLong(), parent);
    }
  }

  /** Forgets a node that turned out not to be ours. */
  public void letGo() {
    synchronized (this) {
      expectNothing();
      loss = null;
      link = null;
      unanswered.clear();
    }
    // It did not hear of a new session while it held a node of the old one.
    session.listen(this);
  }

  /**
   * Waits until a heartbeat has shown that the lease lasts a while yet.
   *
   * @return false if it was lost instead
   */
  public synchronized boolean awaitHeld() throws InterruptedException {
    while (loss == null && !over) {
      if (lasts()) {
        return true;
      }
      wait();
    }
    return false;
  }

  private boolean lasts() {
    return deadline != null && deadline.killAt() - clock.getAsLong() > lease.timeout() / 4;
  }

  public synchronized void stop() {
    over = true;
    notifyAll();
  }

  private void run() {
    try {
      synchronized (this) {
        while (!over) {
          long now = clock.getAsLong();
          long wake = link == null || loss != null ? Long.MAX_VALUE : pulse(now);
          if (wake == Long.MAX_VALUE) {
            wait();
          } else if (wake > now) {
            TimeUnit.NANOSECONDS.timedWait(this, wake - now + 999_999);
          }
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but to end it.
    }
  }

  /** Does what is due, and tells when something is due next. */
  private long pulse(long now) {
    long patience = lease.timeout() / 6;
    Long oldest = unanswered.peek();
    if (oldest != null && now >= oldest + patience) {
      session.settings().notes().accept("ZooKeeper is silent, trying another server");
      unanswered.clear();
      if (link != null) {
        link.reconnect(() -> beat(now));
      }
    }
    boolean waits = held == null || expected;
    long beat = waits ? lease.timeout() / 5 : Math.max(SHORTEST_BEAT, lease.timeout() / 10);
    if (beatDue || now >= lastSent + beat) {
      beat(now);
    }
    oldest = unanswered.peek();
    return oldest == null ? lastSent + beat : Math.min(lastSent + beat, oldest + patience);
  }

  private void beat(long now) {
    SessionClient to = link;
    if (to == null) {
      return;
    }
    lastSent = now;
    beatDue = false;
    beat(to, now, held);
  }

  private void beat(SessionClient to, long now, @Nullable String path) {
    unanswered.add(now);
    if (path == null) {
      AsyncCallback.StatCallback read =
          (rc, p, context, stat) -> {
            answered(to, now, rc, null);
            read(stat);
          };
      to.exists(parent, false, read, null);
    } else {
      to.check(path, (rc, p, context, results) -> answered(to, now, rc, path));
    }
  }

  private synchronized void answered(SessionClient by, long sent, int rc, @Nullable String path) {
    unanswered.remove(sent);
    if (by != link || loss != null || over) {
      return;
    }
    long received = clock.getAsLong();
    if (path == null) {
      if (rc == Code.OK.intValue() || rc == Code.NONODE.intValue()) {
        lease.answered(sent, received);
      }
    } else if (rc == Code.OK.intValue()) {
      lease.proven(sent, received);
      Deadline next = lease.deadline();
      if (path.equals(held)) {
        renewed(next);
      }
    } else if (rc == Code.NONODE.intValue()) {
      goneFrom(by, path);
    } else if (rc == Code.SESSIONEXPIRED.intValue()) {
      expired(by);
    }
  }

  private synchronized void read(@Nullable Stat stat) {
    if (stat != null && stat.getPzxid() != seen) {
      seen = stat.getPzxid();
      if (whenChanged != null) {
        whenChanged.run();
      }
    }
  }

  private void renewed(Deadline next) {
    if (deadline == null
        || next.dieAt() > deadline.dieAt()
        || deadline.timeoutNanos() != next.timeoutNanos()) {
      deadline = next;
      if (listener == null) {
        notifyAll(); // Somebody may wait to see it; later on nobody does.
      } else {
        listener.renewed(next);
      }
    }
  }

  private void lost(Loss why) {
    if (expected) {
      expectNothing();
      return;
    }
    // The end of a session deletes the node too, and the watch tells of it.
    if (loss == null && !session.ended()) {
      loss = why;
      if (listener != null) {
        listener.lost(why);
      }
      notifyAll();
    }
  }

  @Override
  public synchronized void connected(
      SessionClient by, boolean created, long asked, long timeoutNanos) {
    if (expected && by != link) {
      expectNothing();
    }
    if (loss != null || (held != null && by != link)) {
      return;
    }
    link = by;
    if (created) {
      lease.created(asked, timeoutNanos);
    } else {
      lease.reconnected(asked, timeoutNanos);
    }
    if (held != null) {
      // A shorter timeout counts at once.
      renewed(lease.deadline());
    }
    beatDue = true;
    notifyAll();
  }

  @Override
  public synchronized void expired(SessionClient by) {
    if (by != link) {
      return;
    }
    if (expected) {
      expectNothing();
    }
    if (held == null) {
      link = null;
      unanswered.clear();
    } else {
      lost(new Loss.Expired("0x" + Long.toHexString(by.getSessionId())));
    }
    notifyAll();
  }

  /**
   * The watch on our own node, which ends with its first event: our own publishing in it is one.
   */
  @Override
  public synchronized void process(WatchedEvent event) {
    String path = event.getPath();
    if (path == null || !path.equals(held) || link == null) {
      return;
    }
    if (event.getType() == Event.EventType.NodeDeleted) {
      lost(new Loss.Deleted(path));
    } else if (event.getType() == Event.EventType.NodeDataChanged && !over) {
      SessionClient to = link;
      AsyncCallback.StatCallback watched =
          (rc, p, context, stat) -> {
            if (rc == Code.NONODE.intValue()) {
              goneFrom(to, path);
            }
          };
      to.exists(path, this, watched, null);
    }
  }

  private synchronized void goneFrom(SessionClient by, String path) {
    if (by == link && path.equals(held)) {
      lost(new Loss.Deleted(path));
    }
  }

  @Override
  public synchronized Deadline deadline() {
    if (deadline == null) {
      throw new IllegalStateException("no heartbeat was answered yet");
    }
    return deadline;
  }

  @Override
  public synchronized void listen(Listener listener) {
    this.listener = listener;
    if (deadline != null) {
      listener.renewed(deadline);
    }
    if (loss != null) {
      listener.lost(loss);
    }
  }
}
