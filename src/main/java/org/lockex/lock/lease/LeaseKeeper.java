package org.lockex.lock.lease;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.HeartbeatClient;
import org.lockex.lock.session.LockThreads;
import org.lockex.lock.session.SessionListener;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;

/**
 * Keeps one lock's lease: drives its {@link LeaseMachine} on a thread and with the client's
 * answers, and carries out what the machine wants. All decisions are the machine's.
 */
public final class LeaseKeeper implements Lease, SessionListener, Watcher {
  private final LongSupplier clock;
  private final BooleanSupplier ended;
  private final Consumer<String> notes;
  private final Consumer<Throwable> defects;
  // Guarded by this:
  private final LeaseMachine machine;
  private @Nullable HoldListener listener;
  private Runnable whenChanged = () -> {};
  private volatile Consumer<Code> whenAnswered = code -> {};
  private Runnable beats = () -> {};

  /**
   * Begins as a waiter.
   *
   * @param parent of the nodes that hold the lock, with the chroot
   * @param ended whether we have ended the session, after which its loss is none
   */
  LeaseKeeper(SessionSettings settings, String parent, BooleanSupplier ended) {
    this.clock = settings.clock();
    this.notes = settings.notes();
    this.defects = settings.defects();
    this.ended = ended;
    this.machine = new LeaseMachine(clock, parent, new Requests());
  }

  /**
   * Begins as a waiter.
   *
   * @param session whose heartbeats are sent
   * @param parent of the nodes that hold the lock, with the chroot
   * @param told hears each answer, but not that the folder may not be read: who lists it does
   * @return the keeper, which goes on until {@link #stop} or the end of the process
   */
  public static LeaseKeeper start(ZooKeeperSession session, String parent, Consumer<Code> told) {
    LeaseKeeper keeper = new LeaseKeeper(session.settings(), parent, session::ended);
    keeper.whenAnswered = told;
    session.listen(keeper);
    keeper.start();
    return keeper;
  }

  void start() {
    LockThreads.start("lockex-lease", this::run, defects);
  }

  private synchronized void run() throws InterruptedException {
    while (!(machine.state() instanceof LeaseState.StoppedKeeping)) {
      long now = clock.getAsLong();
      long wake = machine.pass(now);
      if (wake == LeaseMachine.NEVER) {
        wait();
      } else if (wake > now) {
        TimeUnit.NANOSECONDS.timedWait(this, wake - now + 999_999);
      }
    }
  }

  /**
   * Sends heartbeats for a node that is next in line.
   *
   * @param owner whose session the node belongs to
   * @param path the node, with the chroot
   * @return whether they begin with this call
   */
  public synchronized boolean expect(HeartbeatClient owner, String path) {
    // The recipe looks at the queue because something in it changed.
    whenChanged.run();
    boolean begins = machine.expect(owner, path);
    notifyAll();
    return begins;
  }

  /**
   * Sends heartbeats for an expected node as its holder from now on, if its lease lasts a while
   * yet; otherwise nothing changes.
   *
   * @param owner whose session the node belongs to
   * @param path the node, with the chroot
   * @return whether the lock is ours now
   */
  public synchronized boolean succeed(HeartbeatClient owner, String path) {
    boolean ours = machine.succeed(owner, path);
    notifyAll();
    return ours;
  }

  /**
   * Sends heartbeats for this node from now on.
   *
   * @param owner whose session the node belongs to
   * @param path the node, with the chroot
   */
  public synchronized void hold(HeartbeatClient owner, String path) {
    machine.hold(owner, path);
    notifyAll();
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

  /**
   * Asks to hear of heartbeats from now on.
   *
   * @param beats runs with each; must not block
   */
  public synchronized void onBeat(Runnable beats) {
    this.beats = beats;
  }

  /** Sends one heartbeat for the lock's folder, ahead of those that will count. */
  public synchronized void rehearse() {
    machine.rehearse();
  }

  /** Forgets a node that turned out not to be ours. */
  public synchronized void letGo() {
    machine.letGo();
    notifyAll();
  }

  /**
   * Waits until a heartbeat has shown that the lease lasts a while yet.
   *
   * @return false if it was lost instead
   * @throws InterruptedException if the thread was interrupted
   */
  public synchronized boolean awaitHeld() throws InterruptedException {
    while (machine.state() instanceof LeaseState.Holding) {
      if (machine.lasts()) {
        return true;
      }
      wait();
    }
    return false;
  }

  /** Ends the heartbeats: nobody wants the lock any more. */
  public synchronized void stop() {
    machine.stop();
    notifyAll();
  }

  @Override
  public synchronized Deadline deadline() {
    return machine
        .state()
        .knownDeadline()
        .orElseThrow(() -> new IllegalStateException("no heartbeat was answered yet"));
  }

  @Override
  public synchronized void listen(HoldListener listener) {
    this.listener = listener;
    machine.state().knownDeadline().ifPresent(listener::renewed);
    if (machine.state() instanceof LeaseState.LostLease lost) {
      listener.lost(lost.loss());
    }
  }

  @Override
  public void connected(HeartbeatClient by, boolean created, long asked, long timeoutNanos) {
    happened(() -> {
      machine.connected(by, created, asked, timeoutNanos);
      notifyAll();
    });
  }

  @Override
  public void expired(HeartbeatClient by) {
    happened(() -> {
      machine.expired(by);
      notifyAll();
    });
  }

  /** The watch on our own node, which ends with its first event. */
  @Override
  public void process(WatchedEvent event) {
    String path = event.getPath();
    if (path == null) {
      return;
    }
    if (event.getType() == Event.EventType.NodeDeleted) {
      happened(() -> machine.watchedDeletion(path));
    } else if (event.getType() == Event.EventType.NodeDataChanged) {
      happened(() -> machine.watchedChange(path));
    }
  }

  /**
   * Feeds the machine. The client only logs what its callbacks throw, and nothing is heard of its
   * log: whoever runs the command has to know that its lease is not kept any more.
   */
  private void happened(Runnable event) {
    try {
      synchronized (this) {
        event.run();
      }
    } catch (RuntimeException | Error e) {
      defects.accept(e);
    }
  }

  /** Carries out what the machine wants; called with the keeper's lock held. */
  private final class Requests implements LeaseActions {
    @Override
    public void read(HeartbeatClient to, String folder, long sent) {
      to.read(
          folder,
          (rc, path, context, stat) -> {
            whenAnswered.accept(rc == Code.NOAUTH.intValue() ? Code.OK : Code.get(rc));
            happened(() -> machine.readAnswered(to, sent, rc, stat));
          });
    }

    @Override
    public void prove(HeartbeatClient to, String node, long sent) {
      beats.run();
      to.check(
          node,
          (rc, path, context, results) -> {
            whenAnswered.accept(Code.get(rc));
            happened(() -> machine.proofAnswered(to, node, sent, rc));
          });
    }

    @Override
    public void watch(HeartbeatClient to, String node) {
      to.watch(
          node,
          LeaseKeeper.this,
          (rc, path, context, stat) -> {
            if (rc == Code.NONODE.intValue()) {
              happened(() -> machine.nodeGone(to, node));
            }
          });
    }

    @Override
    public void reconnect(HeartbeatClient client, Runnable request) {
      client.reconnect(request);
    }

    @Override
    public void renewed(Deadline deadline) {
      if (listener == null) {
        LeaseKeeper.this.notifyAll(); // Somebody may wait to see it; later on nobody does.
      } else {
        listener.renewed(deadline);
      }
    }

    @Override
    public void lost(Loss loss) {
      // The end of our session deletes the node, too, and the watch tells of it.
      if (listener != null && !ended.getAsBoolean()) {
        listener.lost(loss);
      }
      LeaseKeeper.this.notifyAll();
    }

    @Override
    public void holdersChanged() {
      whenChanged.run();
    }

    @Override
    public void note(String line) {
      notes.accept(line);
    }
  }
}
