package org.lockex.lock.grant;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.lockex.lock.grant.HoldNodes.HoldNode;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.GrantLifetime;
import org.lockex.znode.GrantSightings;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockRoot;

/**
 * Prolongs a hold that still holds. A lifetime counts from the creation of the node, so a longer
 * one is written, version-checked: whoever judges at that moment that the old one is over deletes
 * the version that it judged, and of the two ZooKeeper refuses the later one.
 */
public final class HoldExtension {
  private final ZooKeeperSession session;
  private final HoldNodes nodes;
  private final HoldHandle handle;
  private final Reconnection reconnection;

  /**
   * Prepares it.
   *
   * @param session which is connected
   * @param root the parent of all locks
   * @param handle of the hold
   */
  public HoldExtension(ZooKeeperSession session, LockRoot root, HoldHandle handle) {
    this.session = session;
    this.handle = handle;
    this.nodes = new HoldNodes(session, root, handle);
    this.reconnection = new Reconnection(session);
  }

  /**
   * Lets the hold last so long from now, if it does not anyway.
   *
   * @param longer from now
   * @return when it ends, by the clock of ZooKeeper's leader; empty if it is over
   * @throws LockException NOT_AUTHORISED, UNREACHABLE
   * @throws InterruptedException if the thread was interrupted
   */
  public Optional<Instant> run(Duration longer) throws LockException, InterruptedException {
    try {
      while (true) {
        try {
          reconnection.sync(nodes.path());
          Instant now = nodes.clock().now();
          List<HoldNode> found = nodes.find();
          if (found.isEmpty() || !now.isBefore(found.getFirst().grant().endsAt())) {
            return Optional.empty();
          }
          HoldNode first = found.getFirst();
          Duration lifetime = lifetime(first, now, longer);
          if (lifetime.compareTo(first.grant().lifetime()) > 0) {
            nodes.client().multi(writing(found, lifetime));
          }
          return Optional.of(first.grant().createdAt().plus(lifetime));
        } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
          // A mark was written, or it is over: read again.
        } catch (KeeperException.ConnectionLossException e) {
          reconnection.await(e); // Written twice is written once.
        }
      }
    } catch (KeeperException e) {
      throw LockException.of("cannot extend", handle.toString(), e);
    }
  }

  /**
   * From the creation. The age by the servers' clock may be too short where that clock was set;
   * where this host has known the hold for longer, by a clock that cannot be set, that counts.
   */
  private Duration lifetime(HoldNode node, Instant now, Duration longer) {
    Duration age = Duration.between(node.grant().createdAt(), now);
    Duration known = GrantSightings.byThisHost(session.settings().clock()).age(node.data());
    Duration lifetime = (age.compareTo(known) > 0 ? age : known).plus(longer);
    Duration before = node.grant().lifetime();
    return Duration.ofMillis((lifetime.compareTo(before) > 0 ? lifetime : before).toMillis());
  }

  private List<Op> writing(List<HoldNode> found, Duration lifetime) throws LockException {
    List<Op> ops = new ArrayList<>();
    for (HoldNode node : found) {
      byte[] data =
          GrantLifetime.changed(node.data(), lifetime)
              .orElseThrow(() ->
                  new LockException(
                      LockException.Kind.INTERNAL,
                      "cannot extend",
                      handle.toString(),
                      "another program has written its node"));
      ops.add(Op.setData(node.path(), data, node.version()));
    }
    return ops;
  }
}
