package org.lockex.znode;

import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;

/** The writes that make a grant, as parts of one transaction. */
public final class GrantOps {
  private GrantOps() {}

  /**
   * A grant takes the place of a node that holds the lock. Whoever lists the queue sees the one or
   * the other; if the node is gone, the transaction is refused.
   *
   * @param node of a session, the first in a mutex's queue or among the leases of a semaphore
   * @param data of the grant
   * @param acl of the grant
   * @return the writes
   */
  public static List<Op> inPlaceOf(String node, byte[] data, List<ACL> acl) {
    return List.of(Op.delete(node, -1), Op.create(node, data, acl, CreateMode.PERSISTENT));
  }

  /**
   * A grant that is a lease of a semaphore.
   *
   * @param leases the folder of the leases
   * @param uuid of the grant, which no other node has
   * @param data of the grant
   * @param acl of the grant
   * @return the write
   */
  public static Op lease(String leases, UUID uuid, byte[] data, List<ACL> acl) {
    return Op.create(
        leases + "/" + QueueNames.prefix(uuid, QueueNames.LEASE),
        data,
        acl,
        CreateMode.PERSISTENT_SEQUENTIAL);
  }
}
