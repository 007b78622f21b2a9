package org.lockex.lock.lease;

/** Why a lock is no longer ours. That a deadline passed is the caller's to notice. */
public sealed interface Loss {

  /** One line for the error message. */
  String why();

  /** ZooKeeper ended the session. */
  record Expired(String sessionId) implements Loss {
    @Override
    public String why() {
      return "ZooKeeper ended session " + sessionId;
    }
  }

  /** Somebody deleted our node. */
  record Deleted(String path) implements Loss {
    @Override
    public String why() {
      return "another client deleted " + path;
    }
  }
}
