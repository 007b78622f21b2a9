package org.lockex.lock.lease;

/** Why a lock is no longer ours. That a deadline passed is the caller's to notice. */
public sealed interface Loss {

  /**
   * One line for the error message.
   *
   * @return what happened, without a full stop
   */
  String why();

  /**
   * ZooKeeper ended the session.
   *
   * @param sessionId as ZooKeeper prints it
   */
  record Expired(String sessionId) implements Loss {
    @Override
    public String why() {
      return "ZooKeeper ended session " + sessionId;
    }
  }

  /**
   * Somebody deleted our node.
   *
   * @param path the node, with the chroot
   */
  record Deleted(String path) implements Loss {
    @Override
    public String why() {
      return "another client deleted " + path;
    }
  }
}
