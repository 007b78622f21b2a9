package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The names of nodes in the queues of Curator's recipes, and their order: {@code
 * _c_<uuid>-lock-<number>}, where ZooKeeper appends the number (a sequential node), and Curator
 * puts the uuid before the name in order to find its node again after a lost answer.
 */
public final class QueueNames {
  /** What a name in a mutex's queue has before its number; also that of the semaphore's queue. */
  public static final String LOCK = "lock-";

  /** What the name of a semaphore's lease has before its number. */
  public static final String LEASE = "lease-";

  private static final String PROTECTED = "_c_";
  private static final int UUID_LENGTH = 36;

  private QueueNames() {}

  /**
   * The names of a queue in its order; those without {@code base} in them are left out.
   *
   * @param base {@link #LOCK} or {@link #LEASE}
   * @param names names in any order
   * @return those of the queue, the first in line first
   */
  public static List<String> sorted(List<String> names, String base) {
    List<String> sorted = new ArrayList<>(names.size());
    for (String name : names) {
      if (name.contains(base)) {
        sorted.add(name);
      }
    }
    sorted.sort((a, b) -> compare(a, b, base));
    return sorted;
  }

  /**
   * All names in the order of the queue, strangers too: Curator's recipes count them in.
   *
   * @param names names in any order
   * @param base {@link #LOCK} or {@link #LEASE}
   * @return all of them, the first in line first
   */
  public static List<String> ordered(List<String> names, String base) {
    List<String> ordered = new ArrayList<>(names);
    ordered.sort((a, b) -> compare(a, b, base));
    return ordered;
  }

  /**
   * Compares two names of one queue; those of one number by the whole name.
   *
   * @param one a name
   * @param other another name of the same queue
   * @param base {@link #LOCK} or {@link #LEASE}
   * @return negative if the one is before the other
   */
  public static int compare(String one, String other, String base) {
    int order = sortKey(one, base).compareTo(sortKey(other, base));
    return order == 0 ? one.compareTo(other) : order;
  }

  /**
   * Where a name sorts: by what follows the last {@code base} in it, or by the whole name. That is
   * StandardLockInternalsDriver.standardFixForSorting of Curator, which decides whose turn it is.
   *
   * @param name the name of a node
   * @param base {@link #LOCK} or {@link #LEASE}
   * @return what is compared as text
   */
  public static String sortKey(String name, String base) {
    int at = name.lastIndexOf(base);
    return at < 0 ? name : name.substring(at + base.length());
  }

  /**
   * The beginning of the name of a node, to which ZooKeeper appends the number.
   *
   * @param base {@link #LOCK} or {@link #LEASE}
   * @param uuid the UUID of the contender
   * @return all but the number
   */
  public static String prefix(UUID uuid, String base) {
    return PROTECTED + uuid + "-" + base;
  }

  /**
   * The uid of a contender, 32 hex digits: the UUID in the name of its node, or for a name without
   * one a UUID made of the name.
   *
   * @param name the name of a node
   * @return 32 hex digits
   */
  public static String uid(String name) {
    int end = PROTECTED.length() + UUID_LENGTH;
    String uuid =
        name.startsWith(PROTECTED) && name.length() > end && name.charAt(end) == '-'
            ? name.substring(PROTECTED.length(), end)
            : UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString();
    return uuid.replace("-", "");
  }
}
