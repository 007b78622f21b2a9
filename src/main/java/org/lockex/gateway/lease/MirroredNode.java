package org.lockex.gateway.lease;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** One contender's node: its place in a queue, or one lease of a semaphore. */
final class MirroredNode {
  private static final int UUID_LENGTH = 36;
  private static final String PROTECTED = "_c_";

  final MirroredLock lock;
  final String path;
  final String name;

  /** 32 hex digits: the UUID in the name, or for a name without one, one made of the name. */
  final String uid;

  /** What the contender says; empty too while it has not been read. */
  Optional<Note> note = Optional.empty();

  /** Whether {@link #note} and {@link #stat} are what is in ZooKeeper. */
  boolean read;

  @Nullable Stat stat;

  /** When a grant ends, in nanoseconds of our own clock. */
  long expiresAt;

  @Nullable Future<?> expiry;

  /** Our own delete is on its way; its reply tells what became of it, not the event. */
  boolean leaving;

  MirroredNode(MirroredLock lock, String path) {
    this.lock = lock;
    this.path = path;
    this.name = path.substring(path.lastIndexOf('/') + 1);
    this.uid = uidOf(name);
  }

  /**
   * A promise that outlives every session, not only a place in a queue. In a mutex's queue it holds
   * only if it is first.
   */
  boolean grant() {
    return read
        && stat != null
        && stat.getEphemeralOwner() == 0
        && note.flatMap(Note::lease).flatMap(Note.Terms::token).isPresent();
  }

  /** What is known of a persistent node that transaction {@code zxid} has made. */
  static Stat persistent(long zxid) {
    Stat stat = new Stat();
    stat.setCzxid(zxid);
    return stat;
  }

  /** Forgets when it ends. */
  void disarm() {
    if (expiry != null) {
      expiry.cancel(false);
    }
  }

  /** Made by a lockexd, for a client of its. */
  boolean lease() {
    return note.flatMap(Note::lease).isPresent();
  }

  /** The fencing token: what the grant says, otherwise the node's own czxid. */
  long token() {
    long own = stat == null ? 0 : stat.getCzxid();
    return note.flatMap(Note::lease)
        .flatMap(Note.Terms::token)
        .filter(token -> token != Note.OWN_CZXID)
        .orElse(own);
  }

  /** The uid that a node's name carries. */
  static String uidOf(String name) {
    int end = PROTECTED.length() + UUID_LENGTH;
    if (name.startsWith(PROTECTED) && name.length() > end && name.charAt(end) == '-') {
      return name.substring(PROTECTED.length(), end).replace("-", "");
    }
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "");
  }

  /** The beginning of the name of a node for {@code uid}, as Curator's protected creates have. */
  static String prefix(UUID uid, String what) {
    return PROTECTED + uid + "-" + what + "-";
  }
}
