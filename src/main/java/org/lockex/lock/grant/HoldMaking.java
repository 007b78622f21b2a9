package org.lockex.lock.grant;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.queue.FolderChange;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.SessionClient;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.ContenderData;
import org.lockex.znode.GrantOps;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockPaths;
import org.lockex.znode.QueueNames;

/**
 * Makes a hold of a lock that is ours: in one transaction our node goes and a grant comes, which
 * belongs to no session. So at no moment is there neither, and where our node has gone before, the
 * lock may be somebody else's and ZooKeeper refuses all of it.
 */
public final class HoldMaking {
  /** ZooKeeper takes no request of 1 MiB (jute.maxbuffer). */
  private static final int MOST_BYTES = 900_000;

  /** What each node needs in a request beside its data, with a long path. */
  private static final int NODE_BYTES = 400;

  /**
   * A hold.
   *
   * @param handle names it
   * @param end by the clock of ZooKeeper's leader
   * @param left until then by our clock, counted from the sending of the request
   */
  public record MadeHold(HoldHandle handle, Instant end, Duration left) {}

  private final ZooKeeperSession session;
  private final HeldLock lock;
  private final LockRequest request;
  private final LockPaths paths;
  private final List<ACL> acl;
  private final LeaseTerms terms;
  private final byte[] data;
  private final List<UUID> leases = new ArrayList<>();
  private final Reconnection reconnection;
  private final GrantSightings sightings;

  /**
   * Prepares it.
   *
   * @param session on which the lock is held
   * @param lock as it was acquired for the request
   * @param request how it was wanted
   */
  public HoldMaking(ZooKeeperSession session, HeldLock lock, LockRequest request) {
    this.session = session;
    this.lock = lock;
    this.request = request;
    this.paths = new LockPaths(session.serverPath(request.root(), request.id()));
    this.acl = session.settings().security().acl().entries();
    this.terms = session.settings().terms().orElseThrow().granted(lock.czxid());
    this.data = ContenderData.lease(session.settings().contender(), terms).bytes();
    this.reconnection = new Reconnection(session);
    this.sightings = GrantSightings.byThisHost(session.settings().clock());
    for (int i = 0; request.allLeases() && i < request.concurrency(); i++) {
      leases.add(UUID.randomUUID());
    }
  }

  /**
   * Whether all leases that are wanted fit into one transaction.
   *
   * @param data of one of them
   * @param concurrency how many
   * @return whether they do
   */
  public static boolean fits(byte[] data, int concurrency) {
    return (long) concurrency * (data.length + NODE_BYTES) <= MOST_BYTES;
  }

  /**
   * Makes the hold; however often the connection breaks, it is known afterwards whether it stands.
   *
   * @return empty if the lock was lost before
   * @throws LockException UNREACHABLE where nobody answered who could tell
   * @throws InterruptedException if the thread was interrupted; then it is not known
   */
  public Optional<MadeHold> make() throws LockException, InterruptedException {
    long sent = System.nanoTime();
    boolean unsure = false;
    try {
      while (true) {
        try {
          if (unsure) {
            reconnection.sync(paths.lock());
          }
          if (!isOurs() || (request.allLeases() ? writeAll() : write())) {
            Optional<Stat> made = made();
            return made.map(stat -> hold(stat, sent));
          }
        } catch (KeeperException.ConnectionLossException e) {
          unsure = true;
          reconnection.await(e);
        }
      }
    } catch (KeeperException e) {
      throw LockException.of("cannot hold", lock.path(), e);
    }
  }

  private SessionClient client() {
    return session.link();
  }

  private boolean isOurs() throws KeeperException, InterruptedException {
    Stat stat = client().exists(lock.ownPath(), false);
    return stat != null && stat.getEphemeralOwner() == client().getSessionId();
  }

  private boolean write() throws KeeperException, InterruptedException {
    try {
      client().multi(GrantOps.inPlaceOf(lock.ownPath(), data, acl));
      return true;
    } catch (KeeperException.NoNodeException e) {
      return false; // Ours has gone.
    }
  }

  /**
   * All leases at once. The folder is made anew, which ZooKeeper refuses while anybody has a lease:
   * one that lost its place in the queue may have made one beside us. It keeps its access list.
   */
  private boolean writeAll() throws KeeperException, InterruptedException {
    FolderChange change = new FolderChange();
    try {
      List<Op> ops = new ArrayList<>();
      List<ACL> kept = acl;
      if (client().exists(paths.leases(), false) != null) {
        if (!client().getChildren(paths.leases(), change, null).isEmpty()) {
          change.await();
          return false;
        }
        List<ACL> before = client().getACL(paths.leases(), null);
        kept = isWhole(before) ? before : acl;
        ops.add(Op.delete(paths.leases(), -1));
      }
      ops.add(Op.create(paths.leases(), new byte[0], kept, CreateMode.CONTAINER));
      for (UUID uuid : leases) {
        ops.add(GrantOps.lease(paths.leases(), uuid, data, acl));
      }
      ops.add(Op.delete(lock.ownPath(), -1));
      client().multi(ops);
      return true;
    } catch (KeeperException.NoNodeException
        | KeeperException.NodeExistsException
        | KeeperException.NotEmptyException e) {
      return false; // Ours has gone, or the folder is another; both are looked at next.
    }
  }

  /** Who may not administer a node is not shown the digests in its list (ZOOKEEPER-1392). */
  private static boolean isWhole(List<ACL> told) {
    return told.stream()
        .noneMatch(entry ->
            entry.getId().getScheme().equals("digest") && entry.getId().getId().endsWith(":x"));
  }

  /** The grant, or one of them, if it stands. */
  private Optional<Stat> made() throws KeeperException, InterruptedException {
    if (leases.isEmpty()) {
      return grant(lock.ownPath());
    }
    Optional<Stat> made = Optional.empty();
    try {
      for (String name : client().getChildren(paths.leases(), false)) {
        for (UUID uuid : leases) {
          if (name.startsWith(QueueNames.prefix(uuid, QueueNames.LEASE))) {
            made = grant(paths.leases() + "/" + name);
          }
        }
      }
    } catch (KeeperException.NoNodeException e) {
      // Then it does not.
    }
    return made;
  }

  /**
   * Looks for it, and marks that this host has seen it: whoever comes later here knows how old it
   * is. The mark is made only now, so that nobody counts from before its creation; nobody waits for
   * it, and one that fails is missed by nobody who is in time.
   */
  private Optional<Stat> grant(String path) throws KeeperException, InterruptedException {
    @Nullable Stat stat = client().exists(path, false);
    if (stat == null || stat.getEphemeralOwner() != 0) {
      return Optional.empty();
    }
    sightings
        .addedTo(data)
        .ifPresent(
            marked -> client().setData(path, marked, 0, (rc, on, context, written) -> {}, null));
    return Optional.of(stat);
  }

  private MadeHold hold(Stat stat, long sent) {
    String own = lock.ownPath().substring(session.settings().hosts().chroot().length());
    String path =
        request.concurrency() == 1
            ? own
            : request.root().pathOf(request.id()) + "/" + LockPaths.LEASES;
    return new MadeHold(
        new HoldHandle(path, stat.getCzxid()),
        Instant.ofEpochMilli(stat.getCtime()).plus(terms.lifetime()),
        terms.lifetime().minusNanos(System.nanoTime() - sent));
  }
}
