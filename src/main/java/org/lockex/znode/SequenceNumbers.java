package org.lockex.znode;

import org.apache.zookeeper.data.Stat;

/**
 * The numbers that ZooKeeper appends to the names of sequential nodes: a count of all that was ever
 * created below the parent, which goes with the parent. At its end, 2147483647, ZooKeeper gives
 * every further node that same number, so that two could be first. So nobody holds a mutex by a
 * number that others may have too; and long before, newcomers wait until nobody is there any more,
 * and make the parent anew. Fencing tokens are czxids: they go on growing.
 */
public final class SequenceNumbers {
  /** Every number from here on may stand in more than one name. */
  public static final long END = Integer.MAX_VALUE;

  /** From here on newcomers wait outside: far enough for all who do not know of this. */
  public static final long NEAR_END = END - 1_000_000;

  /** From here on a newcomer is refused where the queue has still not become empty. */
  public static final long VERY_END = END - 10_000;

  private static final int DIGITS = 10;
  private static final long UNSIGNED = 0xffff_ffffL;

  private SequenceNumbers() {}

  /**
   * How many nodes were ever created below a node. A server tells clients twice that number less
   * the children that are there (DataNode.copyStat: the count of creations and deletions), in 32
   * bits which are taken as unsigned here.
   *
   * @param parent what the server tells of it
   * @return the number of the next sequential node, 0 to {@link #END}
   */
  public static long given(Stat parent) {
    return ((parent.getCversion() + parent.getNumChildren()) & UNSIGNED) >>> 1;
  }

  /**
   * The number in the name of a node.
   *
   * @param name its name
   * @return 0 to {@link #END}; -1 where there is none, or a negative one, as servers of other makes
   *     may give after the end
   */
  public static long of(String name) {
    int at = name.length() - DIGITS;
    if (at < 0 || (at > 0 && name.charAt(at - 1) == '-' && negative(name, at))) {
      return -1;
    }
    long number = 0;
    for (int i = at; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * DIGITS + (c - '0');
    }
    return number > END ? -1 : number;
  }

  /** Whether the sign before the number belongs to it: the name has one more before that. */
  private static boolean negative(String name, int at) {
    return at > 1 && name.charAt(at - 2) == '-';
  }

  /**
   * Whether no other node of the queue can have the number in that name.
   *
   * @param name the name of a node
   * @return false at the end of the numbers
   */
  public static boolean isUnique(String name) {
    long number = of(name);
    return number >= 0 && number < END;
  }
}
