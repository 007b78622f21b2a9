package org.lockex.gateway.lease;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every lock below the root, as far as replies and events have told. */
final class LockMirror {
  /** Which node of a lock a path names. */
  enum Part {
    ROOT,
    LOCK,
    LOCKS,
    LEASES,
    CONTENDER,
    FOREIGN
  }

  /** A path, taken apart. */
  record Place(Part part, String id) {}

  private final String root;
  private final Map<String, MirroredLock> locks = new HashMap<>();

  LockMirror(String root) {
    this.root = root;
  }

  String root() {
    return root;
  }

  String path(String id) {
    return root + "/" + id;
  }

  /** The lock with that name, known or not. */
  MirroredLock lock(String id) {
    return locks.computeIfAbsent(id, name -> new MirroredLock(name, path(name)));
  }

  @Nullable MirroredLock known(String id) {
    return locks.get(id);
  }

  void forget(String id) {
    locks.remove(id);
  }

  void clear() {
    locks.clear();
  }

  Stream<MirroredLock> locks() {
    return locks.values().stream();
  }

  int size() {
    return locks.size();
  }

  Optional<MirroredNode> node(String path) {
    MirroredLock lock = locks.get(place(path).id());
    return lock == null ? Optional.empty() : lock.byPath(path);
  }

  Place place(String path) {
    if (path.length() <= root.length() + 1 || !path.startsWith(root + "/")) {
      return new Place(path.equals(root) ? Part.ROOT : Part.FOREIGN, "");
    }
    String[] names = path.substring(root.length() + 1).split("/", -1);
    String id = names[0];
    Part part =
        switch (names.length) {
          case 1 -> Part.LOCK;
          case 2 ->
              switch (names[1]) {
                case MirroredLock.LOCKS -> Part.LOCKS;
                case MirroredLock.LEASES -> Part.LEASES;
                default -> Part.CONTENDER;
              };
          case 3 ->
              names[1].equals(MirroredLock.LOCKS) || names[1].equals(MirroredLock.LEASES)
                  ? Part.CONTENDER
                  : Part.FOREIGN;
          default -> Part.FOREIGN;
        };
    return new Place(part, id);
  }
}
