package org.lockex.znode;

import java.util.List;
import java.util.Optional;

/**
 * A contender that another library put into a lock's folder, told by the name of its node. It is in
 * no queue of ours and does not look at our nodes, so it and we would run at once.
 *
 * @param node the name of its node
 * @param library which library makes such names, for people
 */
public record OtherMake(String node, String library) {
  private static final int HEX_UUID = 32;

  /**
   * The first contender of another make.
   *
   * @param strangers the names of children that are in no queue of ours
   * @return empty if none of the names is known
   */
  public static Optional<OtherMake> among(List<String> strangers) {
    for (String name : strangers) {
      String library = library(name);
      if (!library.isEmpty()) {
        return Optional.of(new OtherMake(name, library));
      }
    }
    return Optional.empty();
  }

  private static String library(String name) {
    if (name.contains("__READ__") || name.contains("__WRIT__")) {
      return "a read-write lock of Curator";
    }
    if (name.contains("__lock__") || name.contains("__rlock__")) {
      return "a lock of kazoo or of the Python lockex";
    }
    return name.contains("__lease") || isHexUuid(name)
        ? "a semaphore of kazoo or of the Python lockex"
        : "";
  }

  /** What kazoo's semaphore names its leases by: a UUID without dashes. */
  private static boolean isHexUuid(String name) {
    if (name.length() != HEX_UUID) {
      return false;
    }
    for (int i = 0; i < HEX_UUID; i++) {
      if (Character.digit(name.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }
}
