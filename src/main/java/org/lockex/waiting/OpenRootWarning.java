package org.lockex.waiting;

import org.lockex.cli.Stderr;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.NodeAcl;
import org.lockex.znode.LockRoot;

/** Says where an access list protects nothing, because everybody may delete at the lock path. */
public final class OpenRootWarning {
  private OpenRootWarning() {}

  /**
   * Asks ZooKeeper, and does not wait for the answer.
   *
   * @param session which is connected
   * @param locks the lock path
   * @param stderr where it is said
   */
  public static void ask(ZooKeeperSession session, LockRoot locks, Stderr stderr) {
    if (NodeAcl.isOpen(session.settings().security().acl().entries())) {
      return;
    }
    String root = session.settings().hosts().chroot() + locks.path();
    session
        .link()
        .getACL(
            root,
            null,
            (rc, path, context, acl, stat) -> {
              if (acl != null && NodeAcl.isOpen(acl)) {
                stderr.warning(NodeAcl.openWarning(root));
              }
            },
            null);
  }
}
