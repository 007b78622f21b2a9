package org.lockex.security;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/**
 * What is put on every node that we make: who may read, write, create, delete and administer.
 *
 * @param entries as ZooKeeper takes them
 */
public record NodeAcl(List<ACL> entries) {
  /** Everybody may do all. */
  public static final NodeAcl OPEN = new NodeAcl(ZooDefs.Ids.OPEN_ACL_UNSAFE);

  /** Whoever has one of our identities may do all, and nobody else anything. */
  public static final NodeAcl CREATOR = new NodeAcl(ZooDefs.Ids.CREATOR_ALL_ACL);

  private static final String LETTERS = "cdrwa";

  private static final int[] RIGHTS = {
    ZooDefs.Perms.CREATE,
    ZooDefs.Perms.DELETE,
    ZooDefs.Perms.READ,
    ZooDefs.Perms.WRITE,
    ZooDefs.Perms.ADMIN
  };

  /**
   * Reads entries.
   *
   * @param texts {@code open}, {@code creator} or {@code SCHEME:ID:PERMS}, the permissions being
   *     letters of {@code cdrwa} after the last colon
   * @return all of them together
   * @throws IllegalArgumentException if one is malformed; the message names it
   */
  public static NodeAcl parse(List<String> texts) {
    List<ACL> entries = new ArrayList<>();
    for (String text : texts) {
      switch (text) {
        case "open" -> entries.addAll(OPEN.entries);
        case "creator" -> entries.addAll(CREATOR.entries);
        default -> entries.add(entry(text));
      }
    }
    // ZooKeeper asks the list whether it has a null, which those of List.copyOf answer by throwing.
    return new NodeAcl(Collections.unmodifiableList(entries));
  }

  private static ACL entry(String text) {
    int first = text.indexOf(':');
    int last = text.lastIndexOf(':');
    if (first < 1 || last == first) {
      throw new IllegalArgumentException("open, creator or SCHEME:ID:PERMS: " + text);
    }
    int rights = 0;
    for (char letter : text.substring(last + 1).toCharArray()) {
      int at = LETTERS.indexOf(letter);
      if (at < 0) {
        throw new IllegalArgumentException(
            "rights are letters of " + LETTERS + " after the last colon: " + text);
      }
      rights |= RIGHTS[at];
    }
    if (rights == 0) {
      throw new IllegalArgumentException("gives no rights: " + text);
    }
    return new ACL(rights, new Id(text.substring(0, first), text.substring(first + 1, last)));
  }

  /** {@return whether some entry is for whoever made the node} */
  public boolean namesCreator() {
    return entries.stream().anyMatch(entry -> entry.getId().getScheme().equals("auth"));
  }

  /**
   * One entry as it is written on the command line.
   *
   * @param entry of any node
   * @return {@code SCHEME:ID:PERMS}
   */
  public static String text(ACL entry) {
    StringBuilder text =
        new StringBuilder(entry.getId().getScheme())
            .append(':')
            .append(entry.getId().getId())
            .append(':');
    for (int i = 0; i < RIGHTS.length; i++) {
      if ((entry.getPerms() & RIGHTS[i]) != 0) {
        text.append(LETTERS.charAt(i));
      }
    }
    return text.toString();
  }

  /**
   * What is said where an identity is used and protects nothing.
   *
   * @param root the parent of all locks
   * @return one line
   */
  public static String openWarning(String root) {
    return "lock path "
        + root
        + ": is open to everybody, who may so delete any lock: an access list protects nothing"
        + " below it";
  }

  /**
   * Whether everybody may delete below a node.
   *
   * @param entries of the node
   * @return whether an entry says so
   */
  public static boolean isOpen(List<ACL> entries) {
    for (ACL entry : entries) {
      if (entry.getId().getScheme().equals("world")
          && (entry.getPerms() & ZooDefs.Perms.DELETE) != 0) {
        return true;
      }
    }
    return false;
  }
}
