package org.lockex.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.CreateResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a {@link Ticket} from its arrival to its grant.
 *
 * <p>A waiting request is an ephemeral sequential node in the queue of Curator's recipe, so that it
 * leaves by itself when this lockexd dies. When it is first (for a semaphore: and a lease is free),
 * <em>one</em> transaction deletes it and creates a persistent node, with the same name in a
 * mutex's queue, as a lease of a semaphore otherwise. Being first is stable, because later nodes
 * get higher numbers; so if the queue node is still there when the transaction runs, the grant is
 * right.
 *
 * <p>Most locks are free, and then one write is enough: a request that sees nobody there creates a
 * persistent node at once. If the reply shows it first, it is the grant; if somebody came before
 * it, one transaction makes it a waiting node of the same name, which keeps its place. A lockexd
 * that dies between these two leaves a node that goes when its lifetime is over.
 *
 * <p>Who is first is decided only when a reply arrives, never when an event does: another lockexd's
 * grant shows as a deletion and a creation, and between these two events the queue looks as if it
 * were gone. The server does a transaction's changes without any read of ours between, so at a
 * reply both or none have been seen.
 *
 * <p>The fencing token is the czxid of the queue node: the zxid of the transaction that made it.
 */
final class Queueing {
  private static final Logger LOG = LoggerFactory.getLogger(Queueing.class);
  private static final int MOST_ATTEMPTS = 10;

  private final Engine engine;
  private final Expiry expiry;

  Queueing(Engine engine) {
    this.engine = engine;
    this.expiry = new Expiry(engine, this::turnOf);
  }

  Expiry expiry() {
    return expiry;
  }

  /** Joins the queue. */
  void join(Ticket ticket) {
    LockNode lock = engine.tree().lock(ticket.wanted.lock().value());
    if (lock.exists && !lock.shapeKnown) {
      lock.whenKnown.add(() -> join(ticket));
      return;
    }
    if (!ticket.open() || ticket.givenUp != null) {
      end(ticket, ticket.givenUp == null ? new Outcome.Unavailable() : ticket.givenUp);
      return;
    }
    if (lock.conflicts(ticket.shape)) {
      end(ticket, new Outcome.OtherShape());
      return;
    }
    if (already(ticket, lock.queue(ticket.shape)) || already(ticket, lock.leases)) {
      end(ticket, new Outcome.Already());
      return;
    }
    List<Op> ops = new ArrayList<>();
    boolean other = lock.shape.isPresent() && !lock.shape.get().equals(ticket.shape);
    boolean creates = !lock.exists || other;
    if (lock.exists && other) {
      remove(lock, ops);
    }
    if (creates) {
      ops.add(container(lock.path, ticket.shape.json()));
      lock.creating++;
    } else if (lock.shape.isEmpty() && !lock.foreign) {
      ops.add(Op.setData(lock.path, ticket.shape.json(), lock.version));
    }
    String parent = lock.path;
    if (!ticket.shape.mutex()) {
      parent = lock.path + "/" + LockNode.LOCKS;
      if (creates || !lock.hasLocks) {
        ops.add(container(parent, new byte[0]));
      }
      if (creates || !lock.hasLeases) {
        ops.add(container(lock.path + "/" + LockNode.LEASES, new byte[0]));
      }
    }
    boolean direct = ticket.shape.mutex() && ticket.claimed && !lock.busy() && lock.joining == 0;
    Note note = note(ticket, direct);
    ops.add(
        Op.create(
            parent + "/" + QueueNode.prefix(ticket.uuid, "lock"),
            note.json(engine.version()),
            engine.link().acl(),
            direct ? CreateMode.PERSISTENT_SEQUENTIAL : CreateMode.EPHEMERAL_SEQUENTIAL));
    lock.joining++;
    engine
        .transactions()
        .submit(
            new Transactions.Work(
                ops,
                lock.id,
                (code, results, zxid) -> {
                  if (creates) {
                    lock.creating--;
                  }
                  joined(ticket, engine.tree().lock(lock.id), direct, code, results, zxid);
                  lock.joining--;
                }));
  }

  /**
   * Another size is taken by making the node anew, which ZooKeeper refuses while anyone is there.
   */
  private static void remove(LockNode lock, List<Op> ops) {
    if (lock.hasLocks) {
      ops.add(Op.delete(lock.path + "/" + LockNode.LOCKS, -1));
    }
    if (lock.hasLeases) {
      ops.add(Op.delete(lock.path + "/" + LockNode.LEASES, -1));
    }
    ops.add(Op.delete(lock.path, lock.version));
  }

  private Op container(String path, byte[] data) {
    return Op.create(path, data, engine.link().acl(), CreateMode.CONTAINER);
  }

  private void joined(
      Ticket ticket,
      LockNode lock,
      boolean direct,
      Code code,
      @Nullable List<OpResult> results,
      long zxid) {
    if (code == Code.OK && results != null) {
      if (!lock.shapeKnown || results.size() > 1) {
        know(lock, ticket.shape, results);
      }
      OpResult last = results.get(results.size() - 1);
      QueueNode node = new QueueNode(lock, ((CreateResult) last).getPath());
      Note note = note(ticket, direct);
      Stat stat = stat(zxid, !direct);
      node.note = Optional.of(note);
      node.stat = stat;
      node.read = true;
      lock.put(node);
      ticket.node = node;
      ticket.token = zxid;
      ticket.state = Ticket.State.WAITING;
      if (!ticket.wanted.grace().isZero()) {
        engine.turn().afterwards(() -> ticket.joined.complete(true));
      }
      if (ticket.givenUp != null) {
        leave(ticket, ticket.givenUp);
      } else if (already(ticket, lock.queue(ticket.shape).headMap(LockNode.order(node.name)))) {
        leave(ticket, new Outcome.Already());
      } else if (!direct) {
        waits(ticket, lock);
      } else if (lock.first(node) && lock.shapeKnown && !lock.conflicts(ticket.shape)) {
        granted(ticket, lock, node.path, note, stat);
      } else {
        takePlace(ticket, lock, node);
      }
    } else if (Transactions.lost(code)) {
      unsure(ticket);
    } else {
      retry(ticket, lock, code);
    }
  }

  private static Note note(Ticket ticket, boolean granted) {
    return granted ? ticket.note.granted(Note.OWN_CZXID) : ticket.note;
  }

  /** The request has its place in the queue. */
  private void waits(Ticket ticket, LockNode lock) {
    turnOf(lock);
    if (ticket.state == Ticket.State.WAITING) {
      engine.statistics().waits(lock.id);
      engine.turn().afterwards(() -> ticket.queued.complete(true));
      if (ticket.wanted.patience().isZero()) {
        leave(ticket, new Outcome.TimedOut());
      }
    }
  }

  /** Makes a node that came too late to be a grant a waiting one, in the same place. */
  void takePlace(Ticket ticket, LockNode lock, QueueNode node) {
    ticket.state = Ticket.State.GRANTING;
    List<Op> ops =
        List.of(
            Op.delete(node.path, -1),
            Op.create(
                node.path,
                ticket.note.json(engine.version()),
                engine.link().acl(),
                CreateMode.EPHEMERAL));
    engine
        .transactions()
        .submit(
            new Transactions.Work(
                ops,
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK) {
                    node.note = Optional.of(ticket.note);
                    node.stat = stat(zxid, true);
                    ticket.state = Ticket.State.WAITING;
                    if (ticket.givenUp != null) {
                      leave(ticket, ticket.givenUp);
                    } else {
                      waits(ticket, lock);
                    }
                  } else if (Transactions.lost(code)) {
                    unsure(ticket);
                  } else {
                    gone(ticket);
                  }
                }));
  }

  /** What the transaction that created the lock's node, or changed it, has told. */
  private void know(LockNode lock, Shape shape, List<OpResult> results) {
    lock.exists = true;
    lock.loaded = true;
    lock.shape = Optional.of(shape);
    lock.shapeKnown = true;
    lock.version = 0;
    for (OpResult result : results) {
      if (result instanceof OpResult.SetDataResult set) {
        lock.version = set.getStat().getVersion();
      }
    }
    if (!shape.mutex()) {
      lock.hasLocks = true;
      lock.hasLeases = true;
    }
    known(lock);
  }

  /** Continues with what had to wait for the lock's data. */
  void known(LockNode lock) {
    List<Runnable> ready = List.copyOf(lock.whenKnown);
    lock.whenKnown.clear();
    ready.forEach(Runnable::run);
  }

  private Stat stat(long zxid, boolean ephemeral) {
    Stat stat = new Stat();
    stat.setCzxid(zxid);
    stat.setEphemeralOwner(ephemeral ? engine.link().session() : 0);
    return stat;
  }

  /** Somebody created or removed the lock's node, or changed its data, at the same time. */
  private void retry(Ticket ticket, LockNode lock, Code code) {
    boolean raced =
        code == Code.NONODE
            || code == Code.NODEEXISTS
            || code == Code.BADVERSION
            || code == Code.NOTEMPTY;
    if (!raced || ++ticket.attempts > MOST_ATTEMPTS) {
      LOG.warn("cannot queue on {}: {}", lock.path, code);
      end(ticket, new Outcome.Unavailable());
      return;
    }
    ensure(
        parents(lock, ticket.shape),
        () ->
            look(
                lock,
                () -> {
                  lock.hasLocks |= !ticket.shape.mutex();
                  lock.hasLeases |= !ticket.shape.mutex();
                  join(ticket);
                }));
  }

  private List<String> parents(LockNode lock, Shape shape) {
    List<String> paths = new ArrayList<>();
    for (int at = lock.path.indexOf('/', 1); at > 0; at = lock.path.indexOf('/', at + 1)) {
      paths.add(lock.path.substring(0, at));
    }
    paths.add(lock.path);
    if (!shape.mutex()) {
      paths.add(lock.path + "/" + LockNode.LOCKS);
      paths.add(lock.path + "/" + LockNode.LEASES);
    }
    return paths;
  }

  private void ensure(List<String> paths, Runnable then) {
    if (paths.isEmpty()) {
      then.run();
      return;
    }
    engine
        .transactions()
        .submitAlone(
            new Transactions.Work(
                List.of(container(paths.get(0), new byte[0])),
                "",
                (code, results, zxid) -> ensure(paths.subList(1, paths.size()), then)));
  }

  /** Reads the lock's own data. */
  void look(LockNode lock, Runnable then) {
    lock.shapeKnown = false;
    engine
        .notes()
        .read(
            lock.path,
            (path, data) -> {
              lock.exists = data.isPresent();
              lock.shapeKnown = true;
              data.ifPresent(found -> {
                byte[] bytes = found.getData();
                lock.shape = Shape.parse(bytes == null ? new byte[0] : bytes);
                lock.foreign = bytes != null && bytes.length > 0 && lock.shape.isEmpty();
                lock.version = found.getStat().getVersion();
              });
              then.run();
              known(lock);
            });
  }

  /** Whether one of {@code others} stands for the same requester. */
  private static boolean already(Ticket ticket, Map<String, QueueNode> others) {
    Optional<String> name = ticket.wanted.requester();
    return name.isPresent()
        && others.values().stream().anyMatch(node -> !node.leaving && name.equals(requester(node)));
  }

  private static Optional<String> requester(QueueNode node) {
    return node.note.flatMap(Note::lease).flatMap(Note.Terms::requester);
  }

  /** Grants what can be granted on {@code lock}; to be called when a reply has arrived. */
  void turnOf(LockNode lock) {
    if (!engine.connected()) {
      return;
    }
    Optional<Ticket> mutex = ours(lock.mutexQueue);
    Optional<Ticket> semaphore = ours(lock.semaphoreQueue);
    mutex.ifPresent(ticket -> first(ticket, lock));
    semaphore.ifPresent(ticket -> first(ticket, lock));
  }

  /** The request that is first in {@code queue}, if it waits and is ours. */
  private Optional<Ticket> ours(NavigableMap<String, QueueNode> queue) {
    if (queue.isEmpty()) {
      return Optional.empty();
    }
    QueueNode first = queue.firstEntry().getValue();
    return Optional.ofNullable(engine.tickets().get(first.uid))
        .filter(ticket -> ticket.node == first && ticket.state == Ticket.State.WAITING);
  }

  private void first(Ticket ticket, LockNode lock) {
    if (!lock.shapeKnown) {
      lock.whenKnown.add(() -> turnOf(lock));
    } else if (lock.conflicts(ticket.shape)) {
      leave(ticket, new Outcome.OtherShape());
    } else if (!ticket.shape.mutex() && lock.leases.size() >= ticket.shape.concurrency()) {
      // The next one to go wakes us.
      return;
    } else if (ticket.claimed) {
      grant(ticket, lock);
    } else if (ticket.unclaimed == null) {
      ticket.unclaimed =
          engine
              .timer()
              .after(
                  ticket.wanted.grace(),
                  () -> {
                    ticket.unclaimed = null;
                    if (!ticket.claimed) {
                      leave(ticket, new Outcome.Unclaimed());
                    }
                  });
    }
  }

  private void grant(Ticket ticket, LockNode lock) {
    QueueNode node = ticket.node;
    if (node == null) {
      return;
    }
    ticket.state = Ticket.State.GRANTING;
    byte[] data = ticket.note.granted(ticket.token).json(engine.version());
    List<Op> ops = new ArrayList<>();
    if (ticket.shape.mutex()) {
      ops.add(Op.delete(node.path, -1));
      ops.add(Op.create(node.path, data, engine.link().acl(), CreateMode.PERSISTENT));
    } else {
      String leases = lock.path + "/" + LockNode.LEASES;
      if (!lock.hasLeases) {
        ops.add(container(leases, new byte[0]));
      }
      ops.add(
          Op.create(
              leases + "/" + QueueNode.prefix(ticket.uuid, "lease"),
              data,
              engine.link().acl(),
              CreateMode.PERSISTENT_SEQUENTIAL));
      ops.add(Op.delete(node.path, -1));
    }
    engine
        .transactions()
        .submit(
            new Transactions.Work(
                ops,
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK && results != null) {
                    granted(ticket, lock, results, zxid);
                  } else if (Transactions.lost(code)) {
                    unsure(ticket);
                  } else {
                    recheck(ticket, lock);
                  }
                }));
  }

  private void granted(Ticket ticket, LockNode lock, List<OpResult> results, long zxid) {
    String path =
        results.stream()
            .filter(CreateResult.class::isInstance)
            .map(result -> ((CreateResult) result).getPath())
            .reduce((first, second) -> second)
            .orElseThrow();
    granted(ticket, lock, path, ticket.note.granted(ticket.token), stat(zxid, false));
  }

  /** The grant is there: at {@code path}, with that note and stat. */
  void granted(Ticket ticket, LockNode lock, String path, Note note, Stat stat) {
    if (ticket.node != null) {
      lock.remove(ticket.node);
    }
    QueueNode node = lock.byPath(path).orElseGet(() -> new QueueNode(lock, path));
    node.note = Optional.of(note);
    node.stat = stat;
    node.read = true;
    lock.put(node);
    expiry.granted(node);
    ticket.node = node;
    if (ticket.givenUp != null) {
      end(ticket, ticket.givenUp);
      delete(node, code -> {});
    } else {
      ticket.state = Ticket.State.GRANTED;
      engine.statistics().granted(lock.id, engine.timer().now() - ticket.arrivedAt);
      end(ticket, new Outcome.Granted(Views.of(node, true, engine.timer().now())));
    }
    turnOf(lock);
  }

  /** A grant did not happen: somebody deleted the waiting node, or a container was reaped. */
  private void recheck(Ticket ticket, LockNode lock) {
    QueueNode node = ticket.node;
    if (node == null) {
      return;
    }
    engine
        .notes()
        .read(
            node.path,
            (path, data) -> {
              if (data.isEmpty()) {
                gone(ticket);
              } else if (++ticket.attempts > MOST_ATTEMPTS) {
                ticket.state = Ticket.State.WAITING;
                leave(ticket, new Outcome.Unavailable());
              } else {
                lock.hasLeases = false;
                ensure(
                    parents(lock, ticket.shape),
                    () -> {
                      lock.hasLeases = true;
                      ticket.state = Ticket.State.WAITING;
                      turnOf(lock);
                    });
              }
            });
  }

  /** The waiting node was deleted by somebody else. */
  void gone(Ticket ticket) {
    QueueNode node = ticket.node;
    if (node != null) {
      node.lock.remove(node);
      end(ticket, ticket.givenUp == null ? new Outcome.Deleted() : ticket.givenUp);
      settle(node.lock);
    }
  }

  /** Gives up: the node goes, then {@code why} is told. */
  void leave(Ticket ticket, Outcome why) {
    if (!ticket.open()) {
      return;
    }
    if (ticket.givenUp == null) {
      ticket.givenUp = why;
    }
    QueueNode node = ticket.node;
    if (!engine.connected()) {
      tell(ticket, new Outcome.Unavailable());
    } else if (ticket.state == Ticket.State.WAITING && node != null) {
      ticket.state = Ticket.State.LEAVING;
      delete(
          node,
          code -> {
            if (Transactions.lost(code)) {
              unsure(ticket);
            } else {
              end(ticket, why);
            }
          });
    }
  }

  /** Deletes a node, ours or somebody's; {@code then} hears OK, NONODE or what went wrong. */
  void delete(QueueNode node, Consumer<Code> then) {
    node.leaving = true;
    engine
        .transactions()
        .submit(
            new Transactions.Work(
                List.of(Op.delete(node.path, -1)),
                "",
                (code, results, zxid) -> {
                  if (code == Code.OK || code == Code.NONODE) {
                    node.lock.remove(node);
                    then.accept(code);
                    turnOf(node.lock);
                  } else {
                    node.leaving = false;
                    then.accept(code);
                  }
                }));
  }

  /** Looks whose turn it is as soon as all that has happened to the lock is known. */
  void settle(LockNode lock) {
    boolean ours = ours(lock.mutexQueue).isPresent() || ours(lock.semaphoreQueue).isPresent();
    if (!lock.barrier && ours) {
      lock.barrier = true;
      engine
          .link()
          .barrier(
              lock.path,
              code ->
                  engine
                      .turn()
                      .take(() -> {
                        lock.barrier = false;
                        turnOf(lock);
                      }));
    }
  }

  /** Nobody knows what became of a request of ours; it will show when we are connected again. */
  private void unsure(Ticket ticket) {
    if (ticket.givenUp != null) {
      tell(ticket, new Outcome.Unavailable());
    }
  }

  /** Over, in ZooKeeper too. */
  void end(Ticket ticket, Outcome outcome) {
    if (ticket.state != Ticket.State.GRANTED) {
      ticket.state = Ticket.State.GONE;
    }
    engine.remove(ticket);
    tell(ticket, outcome);
  }

  /** Answers the client; what is in ZooKeeper may still have to be put right. */
  void tell(Ticket ticket, Outcome outcome) {
    cancel(ticket.timeout);
    cancel(ticket.unclaimed);
    engine
        .turn()
        .afterwards(() -> {
          ticket.queued.complete(false);
          ticket.outcome.complete(outcome);
        });
  }

  private static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
