package org.lockex.lock.grant;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.lockex.lock.grant.HoldNodes.HoldNode;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LockRoot;

/**
 * Ends a hold. Whether it was still there is told truly, though the connection breaks under the
 * request: in the same transaction a node of our session is made, by which we know it again.
 */
public final class HoldRelease {
  private final ZooKeeperSession session;
  private final HoldNodes nodes;
  private final HoldHandle handle;
  private final Reconnection reconnection;

  /**
   * Where the node is made by which we know our transaction; its end is that no folder takes it.
   */
  private int folder;

  /** A transaction of ours was sent, and no answer came. */
  private boolean unsure;

  /**
   * Prepares it.
   *
   * @param session which is connected
   * @param root the parent of all locks
   * @param handle of the hold
   */
  public HoldRelease(ZooKeeperSession session, LockRoot root, HoldHandle handle) {
    this.session = session;
    this.handle = handle;
    this.nodes = new HoldNodes(session, root, handle);
    this.reconnection = new Reconnection(session);
  }

  /**
   * Ends the hold, and nobody else's.
   *
   * @return whether it held until now; if not, there is nothing left of it either
   * @throws LockException NOT_AUTHORISED, UNREACHABLE
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean run() throws LockException, InterruptedException {
    try {
      while (true) {
        try {
          reconnection.sync(nodes.path());
          if (unsure && isMarked()) {
            return true;
          }
          List<HoldNode> found = nodes.find();
          if (found.isEmpty()) {
            return whenGone();
          }
          boolean over = isOver(found.getFirst());
          unsure = true;
          nodes.client().multi(deletion(found));
          return !over;
        } catch (KeeperException.BadVersionException e) {
          unsure = false; // Somebody has written a mark, or a longer time.
        } catch (KeeperException.NoNodeException | KeeperException.NoAuthException e) {
          unsure = false;
          if (folder == nodes.folders().size() && e instanceof KeeperException.NoAuthException) {
            throw e;
          }
          folder = Math.min(folder + 1, nodes.folders().size());
        } catch (KeeperException.ConnectionLossException e) {
          reconnection.await(e);
        }
      }
    } catch (KeeperException e) {
      throw LockException.of("cannot release", handle.toString(), e);
    }
  }

  /** By the servers' time its end has come, and only nobody has cleared it away yet. */
  private boolean isOver(HoldNode node) throws InterruptedException {
    return !nodes.clock().now().isBefore(node.grant().endsAt());
  }

  private boolean whenGone() throws LockException {
    if (unsure && folder == nodes.folders().size()) {
      throw new LockException(
          LockException.Kind.UNREACHABLE,
          "cannot tell whether this has ended the hold",
          handle.toString(),
          "the connection to ZooKeeper broke; it is over now");
    }
    return false;
  }

  private List<Op> deletion(List<HoldNode> found) {
    List<Op> ops = new ArrayList<>();
    for (HoldNode node : found) {
      ops.add(Op.delete(node.path(), node.version()));
    }
    if (folder < nodes.folders().size()) {
      ops.add(Op.create(mark(), new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL));
    }
    return ops;
  }

  private boolean isMarked() throws KeeperException, InterruptedException {
    return folder < nodes.folders().size() && nodes.client().exists(mark(), false) != null;
  }

  /** It goes with our session. */
  private String mark() {
    String in = nodes.folders().get(folder);
    return (in.equals("/") ? "" : in) + "/lockexctl-released-" + session.link().getSessionId();
  }
}
