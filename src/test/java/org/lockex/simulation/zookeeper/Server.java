package org.lockex.simulation.zookeeper;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.jute.Record;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.ConnectRequest;
import org.apache.zookeeper.proto.ConnectResponse;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.jvm.World;

/** One server: what it knows, who is connected to it, and whom it follows or leads. */
public final class Server {
  private static final byte[] PASSWORD = new byte[16];

  private final Ensemble ensemble;
  private final World world;
  private final String name;
  private final double rate;
  private final long offset;

  /** On its disk, the committed part first. */
  private List<Transaction> log = new ArrayList<>();

  private int applied;
  private Tree tree = new Tree();
  private final Set<ServerLink> links = new LinkedHashSet<>();
  private final Watches watches = new Watches();
  private final ArrayDeque<Runnable> postponed = new ArrayDeque<>();

  private boolean down;
  private boolean diskFull;
  private long pausedUntil;
  private long lookingSince;
  private long epoch;

  /** On its disk: the newest one whose leader's history it took, or began with its own. */
  private long currentEpoch;

  private @Nullable Leading leading;
  private @Nullable Peer following;
  private boolean serves;
  private long heardLeader;

  /** The sessions that were active since the leader last asked, with their timeouts. */
  private Map<Long, Integer> touched = new TreeMap<>();

  Server(Ensemble ensemble, int number, double rate) {
    this.ensemble = ensemble;
    this.world = ensemble.world();
    this.name = "zk" + (number + 1);
    this.rate = rate;
    this.offset = world.between(0, 1_000_000_000_000L);
    world.after(0, this::beat);
  }

  public String name() {
    return name;
  }

  Ensemble ensemble() {
    return ensemble;
  }

  Tree tree() {
    return tree;
  }

  List<Transaction> log() {
    return log;
  }

  int applied() {
    return applied;
  }

  Set<ServerLink> links() {
    return links;
  }

  long epoch() {
    return epoch;
  }

  /** Its monotonic clock. */
  long clock() {
    return offset + (long) (world.now() * rate);
  }

  long worldTime(long clock) {
    return (long) ((clock - offset) / rate) + 1;
  }

  // What happens to it.

  /** It does nothing until then, and knows nothing of that. */
  public void pause(long nanos) {
    pausedUntil = Math.max(pausedUntil, world.now() + nanos);
    world.note(name + " is paused");
  }

  /** Runs it now, or when it goes on. */
  void whenAwake(Runnable what) {
    if (pausedUntil <= world.now() && postponed.isEmpty()) {
      what.run();
      return;
    }
    if (postponed.isEmpty()) {
      world.at(pausedUntil, this::goOn);
    }
    postponed.add(what);
  }

  private void goOn() {
    if (pausedUntil > world.now()) {
      world.at(pausedUntil, this::goOn);
      return;
    }
    for (Runnable what = postponed.poll(); what != null; what = postponed.poll()) {
      what.run();
    }
  }

  public boolean isPaused() {
    return pausedUntil > world.now();
  }

  public boolean isDown() {
    return down;
  }

  /** SIGKILL, or the power. */
  public void crash(long forNanos) {
    if (!down) {
      world.note(name + " is down");
      lookForLeader();
      down = true;
      world.after(
          forNanos,
          () -> {
            down = false;
            lookingSince = world.now();
            world.note(name + " is up");
          });
    }
  }

  /** With a full disk it ends itself at the next write, and is started again and again. */
  public void fillDisk(long forNanos) {
    diskFull = true;
    world.note(name + "'s disk is full");
    world.after(forNanos, () -> diskFull = false);
  }

  /** Whether it may go on. */
  boolean write() {
    if (diskFull) {
      crash(world.between(200_000_000, 1_000_000_000));
      return false;
    }
    return !down;
  }

  // Whom it follows.

  boolean isLooking() {
    return !down
        && !isPaused()
        && leading == null
        && following == null
        && world.now() - lookingSince >= ensemble.times().election();
  }

  /** Whether its votes count for more: FastLeaderElection.totalOrderPredicate, without the ids. */
  boolean isAheadOf(Server other) {
    return currentEpoch != other.currentEpoch
        ? currentEpoch > other.currentEpoch
        : knows() > other.knows();
  }

  /** The newest of its log. */
  long knows() {
    return log.isEmpty() ? 0 : log.getLast().zxid();
  }

  boolean leads() {
    return leading != null;
  }

  boolean hasQuorum() {
    return leading != null && leading.hasQuorum();
  }

  boolean leads(Peer peer) {
    return leading != null && leading.has(peer);
  }

  boolean follows(Peer peer) {
    return following == peer;
  }

  void lead(long newEpoch) {
    epoch = newEpoch;
    currentEpoch = newEpoch;
    leading = new Leading(this, newEpoch);
    world.note(name + " leads");
  }

  void take(Server follower) {
    Peer peer = new Peer(this, follower, world, ensemble.paths(), ensemble.times().latePing());
    follower.following = peer;
    follower.heardLeader = follower.clock();
    follower.epoch = epoch;
    leading().take(peer);
  }

  Leading leading() {
    Leading one = leading;
    if (one == null) {
      throw new IllegalStateException(name + " does not lead");
    }
    return one;
  }

  void hearsLeader() {
    heardLeader = clock();
  }

  /** Gives its leader up, or its followers; its clients have to look elsewhere. */
  void lookForLeader() {
    if (leading != null) {
      leading.end();
      world.note(name + " leads no more");
    } else if (following != null) {
      following.end();
      world.note(name + " has lost its leader");
    }
    leading = null;
    following = null;
    serves = false;
    touched.clear();
    lookingSince = world.now();
    for (ServerLink link : List.copyOf(links)) {
      link.hangUp();
    }
  }

  /** Its connection to the leader is gone, and only it knows. */
  public void loseLeader() {
    if (following != null) {
      lookForLeader();
    }
  }

  /** Every half tick. */
  private void beat() {
    world.at(worldTime(clock() + ensemble.times().tick() / 2), this::beat);
    whenAwake(() -> {
      if (leading != null) {
        leading.beat();
      } else if (following != null
          && clock() - heardLeader > ensemble.times().syncLimit() * ensemble.times().tick()) {
        lookForLeader();
      }
    });
  }

  /** The leader's history is ours. */
  void sync(List<Transaction> history) {
    if (write()) {
      log = new ArrayList<>(history);
      currentEpoch = epoch;
    }
  }

  void serve() {
    serves = true;
  }

  /** What was touched since this was last asked. */
  Map<Long, Integer> takeTouched() {
    Map<Long, Integer> told = touched;
    touched = new TreeMap<>();
    return told;
  }

  void append(Transaction transaction) {
    log.add(transaction);
  }

  /** All up to this one is committed. */
  void commit(long zxid) {
    while (applied < log.size() && log.get(applied).zxid() <= zxid) {
      Transaction next = log.get(applied++);
      for (Tree.Change change : next.changes()) {
        tree.apply(change, next.zxid(), watches.at(next.zxid()));
        if (change instanceof Tree.Change.CloseSession(long id)) {
          ended(id, next.origin());
        }
      }
      PendingRequest origin = next.origin();
      if (origin != null && links.contains(origin.link) && origin.link.pending().contains(origin)) {
        answered(origin, next.zxid(), next.error(), next.response());
      }
    }
  }

  private void ended(long session, @Nullable PendingRequest by) {
    for (ServerLink link : List.copyOf(links)) {
      if (link.session() == session && (by == null || by.link != link)) {
        link.hangUp();
      }
    }
  }

  // Its clients.

  boolean accepts() {
    return !down;
  }

  void add(ServerLink link) {
    links.add(link);
  }

  void remove(ServerLink link) {
    links.remove(link);
    watches.remove(link);
  }

  private long processed() {
    return applied == 0 ? 0 : log.get(applied - 1).zxid();
  }

  void touch(ServerLink link) {
    if (link.session() != 0) {
      if (leading != null) {
        leading.touch(link.session(), link.timeout());
      } else {
        touched.put(link.session(), link.timeout());
      }
    }
  }

  void received(ServerLink link, @Nullable RequestHeader header, Record request) {
    if (!serves) {
      link.hangUp();
      return;
    }
    touch(link);
    if (header == null) {
      connect(link, (ConnectRequest) request);
      return;
    }
    if (header.getType() == OpCode.ping) {
      link.answer(-2, processed(), 0, null);
      return;
    }
    Disturbance.Effect effect = ensemble.disturbance().on(link.client().name(), header.getType());
    if (effect == Disturbance.Effect.LOST_REQUEST) {
      link.hangUp();
      return;
    }
    boolean waits = effect == Disturbance.Effect.STALLED || Reads.waits(header.getType());
    PendingRequest pending = new PendingRequest(link, header, request, waits);
    link.pending().add(pending);
    if (Reads.waits(header.getType())) {
      forward(pending);
    }
    if (effect == Disturbance.Effect.LOST_ANSWER) {
      link.hangUp();
    }
    pump(link);
  }

  private void forward(PendingRequest pending) {
    Peer peer = following;
    if (leading != null) {
      Leading own = leading;
      own.request(pending, this);
    } else if (peer != null) {
      peer.toLeader(() -> peer.leader.leading().request(pending, peer));
    }
  }

  private void connect(ServerLink link, ConnectRequest request) {
    if (request.getLastZxidSeen() > processed()) {
      link.hangUp();
      return;
    }
    int tick = ensemble.times().tickMs();
    int timeout = Math.clamp(request.getTimeOut(), 2 * tick, 20 * tick);
    long id = request.getSessionId();
    if (id == 0) {
      link.belongsTo(ensemble.nextSession(), timeout);
      PendingRequest pending = new PendingRequest(link, null, request, true);
      link.pending().add(pending);
      forward(pending);
      return;
    }
    Peer peer = following;
    if (leading != null) {
      welcome(link, id, timeout, leading.revalidate(id, timeout, this));
    } else if (peer != null) {
      peer.toLeader(() -> {
        boolean valid = leaderOf(peer).revalidate(id, timeout, peer);
        peer.toFollower(() -> welcome(link, id, timeout, valid));
      });
    }
  }

  private static Leading leaderOf(Peer peer) {
    return peer.leader.leading();
  }

  private void welcome(ServerLink link, long id, int timeout, boolean valid) {
    if (!link.isOpen()) {
      return;
    }
    if (valid) {
      link.belongsTo(id, timeout);
      touch(link);
      link.frame(null, new ConnectResponse(0, timeout, id, PASSWORD, false));
    } else {
      link.frame(null, new ConnectResponse(0, 0, 0, PASSWORD, false));
      link.hangUp();
    }
  }

  /** An answer from the quorum, or from the leader, is there. */
  void answered(PendingRequest pending, long zxid, int error, @Nullable Record response) {
    pending.ready = true;
    pending.zxid = zxid;
    pending.error = error;
    pending.response = response;
    pump(pending.link);
  }

  private void pump(ServerLink link) {
    PendingRequest head = link.pending().peek();
    while (head != null && link.isOpen() && (head.ready || !head.waits)) {
      link.pending().remove();
      if (head.type == 0) {
        welcome(link, link.session(), link.timeout(), true);
      } else if (head.waits) {
        boolean ends =
            head.type == OpCode.closeSession || head.error == Code.SESSIONMOVED.intValue();
        link.answer(head.xid, head.zxid, head.error, head.response);
        if (ends) {
          link.hangUp();
        }
      } else {
        Reads.answer(head, tree, processed(), watches);
      }
      head = link.pending().peek();
    }
  }
}
