package org.lockex.lock.session;

import org.apache.zookeeper.KeeperException;

/**
 * The session ended while a node in a queue was created, so there is none. Other than Curator's
 * retries, which would go on without one, whoever wants the place begins again.
 */
public final class PlaceLostException extends KeeperException.SessionExpiredException {
  private static final long serialVersionUID = 1;

  PlaceLostException() {}
}
