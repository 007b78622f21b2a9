package org.lockex.gateway.async;

import java.util.List;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.lockex.security.NodeAcl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lock path that is open to everybody, where what we make below it is not. */
final class OpenRoot {
  private static final Logger LOG = LoggerFactory.getLogger(OpenRoot.class);

  private OpenRoot() {}

  /**
   * Looks, and says so in the log; returns at once.
   *
   * @param root the parent of all locks
   * @param wanted what is put on the nodes below it
   */
  static void warn(ZooKeeper client, String root, List<ACL> wanted) {
    if (!NodeAcl.isOpen(wanted)) {
      client.getACL(
          root,
          null,
          (rc, path, context, acl, stat) -> {
            if (acl != null && NodeAcl.isOpen(acl)) {
              LOG.warn("{}", NodeAcl.openWarning(root));
            }
          },
          null);
    }
  }
}
