package org.lockex.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;
import org.jspecify.annotations.Nullable;

/** The nodes of a server. */
final class Tree {
  /**
   * What a transaction does to one node.
   *
   * @param event what is told of it; None where only its children changed
   * @param node what it is then; null if it is gone
   */
  record Change(EventType event, String path, @Nullable Znode node) {}

  /** What the operations of a transaction come to: all of them, or none. */
  record Prepared(Code code, List<OpResult> results, List<Change> changes) {}

  private final TreeMap<String, Znode> nodes;

  Tree() {
    nodes = new TreeMap<>();
    nodes.put("/", new Znode(new byte[0], 0, 0, 0, 0, 0, 0, 0, false));
  }

  private Tree(Map<String, Znode> nodes) {
    this.nodes = new TreeMap<>(nodes);
  }

  Tree copy() {
    return new Tree(nodes);
  }

  @Nullable Znode get(String path) {
    return nodes.get(path);
  }

  /** Every path, sorted. */
  List<String> paths() {
    return List.copyOf(nodes.keySet());
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, slash);
  }

  List<String> children(String path) {
    List<String> names = new ArrayList<>();
    String prefix = path.equals("/") ? "/" : path + "/";
    for (String other : nodes.tailMap(prefix, false).keySet()) {
      if (!other.startsWith(prefix)) {
        break;
      }
      if (other.indexOf('/', prefix.length()) < 0) {
        names.add(other.substring(prefix.length()));
      }
    }
    return names;
  }

  private boolean isEmpty(String path) {
    String prefix = path + "/";
    String next = nodes.higherKey(prefix);
    return next == null || !next.startsWith(prefix);
  }

  void apply(List<Change> changes) {
    for (Change change : changes) {
      if (change.node() == null) {
        nodes.remove(change.path());
      } else {
        nodes.put(change.path(), change.node());
      }
    }
  }

  /** Does all of {@code ops} to this tree, or none. */
  Prepared prepare(List<Op> ops, long session, long zxid, long wallMillis) {
    List<OpResult> results = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    List<Change> undo = new ArrayList<>();
    for (Op op : ops) {
      try {
        results.add(new Step(session, zxid, wallMillis, changes, undo).apply(op));
      } catch (KeeperException e) {
        apply(undo.reversed());
        return new Prepared(e.code(), failures(ops.size(), results.size(), e.code()), List.of());
      }
    }
    return new Prepared(Code.OK, results, changes);
  }

  private static List<OpResult> failures(int all, int at, Code code) {
    List<OpResult> failed = new ArrayList<>();
    for (int i = 0; i < all; i++) {
      Code shown = i < at ? Code.OK : i == at ? code : Code.RUNTIMEINCONSISTENCY;
      failed.add(new OpResult.ErrorResult(shown.intValue()));
    }
    return failed;
  }

  /** One transaction on its way through its operations. */
  private final class Step {
    private final long session;
    private final long zxid;
    private final long wallMillis;
    private final List<Change> changes;
    private final List<Change> undo;

    Step(long session, long zxid, long wallMillis, List<Change> changes, List<Change> undo) {
      this.session = session;
      this.zxid = zxid;
      this.wallMillis = wallMillis;
      this.changes = changes;
      this.undo = undo;
    }

    OpResult apply(Op op) throws KeeperException {
      return switch (op.toRequestRecord()) {
        case CreateRequest create -> new OpResult.CreateResult(create(op.getType(), create));
        case DeleteRequest delete -> {
          String path = delete.getPath();
          check(path, delete.getVersion());
          if (!isEmpty(path)) {
            throw new KeeperException.NotEmptyException(path);
          }
          put(EventType.NodeDeleted, path, null);
          String parent = parent(path);
          put(EventType.None, parent, node(parent).withChild(false, zxid));
          yield new OpResult.DeleteResult();
        }
        case SetDataRequest set -> {
          Znode written = check(set.getPath(), set.getVersion()).written(set.getData(), zxid);
          put(EventType.NodeDataChanged, set.getPath(), written);
          yield new OpResult.SetDataResult(written.stat());
        }
        case CheckVersionRequest check -> {
          Znode _ = check(check.getPath(), check.getVersion());
          yield new OpResult.CheckResult();
        }
        default -> throw new IllegalArgumentException("not a write: " + op.getType());
      };
    }

    private String create(int type, CreateRequest create) throws KeeperException {
      CreateMode mode =
          type == OpCode.createContainer
              ? CreateMode.CONTAINER
              : CreateMode.fromFlag(create.getFlags());
      String parent = parent(create.getPath());
      Znode above = node(parent);
      String path =
          mode.isSequential()
              ? create.getPath() + String.format("%010d", above.sequence())
              : create.getPath();
      if (get(path) != null) {
        throw new KeeperException.NodeExistsException(path);
      }
      if (above.owner() != 0) {
        throw new KeeperException.NoChildrenForEphemeralsException(path);
      }
      byte[] data = create.getData() == null ? new byte[0] : create.getData();
      long owner = mode.isEphemeral() ? session : 0;
      put(
          EventType.NodeCreated,
          path,
          new Znode(data, zxid, zxid, zxid, wallMillis, 0, 0, owner, mode.isContainer()));
      put(EventType.None, parent, above.withChild(true, zxid));
      return path;
    }

    private void put(EventType event, String path, @Nullable Znode node) {
      undo.add(new Change(EventType.None, path, get(path)));
      Change change = new Change(event, path, node);
      changes.add(change);
      Tree.this.apply(List.of(change));
    }

    private Znode node(String path) throws KeeperException {
      Znode node = get(path);
      if (node == null) {
        throw new KeeperException.NoNodeException(path);
      }
      return node;
    }

    private Znode check(String path, int version) throws KeeperException {
      Znode node = node(path);
      if (version >= 0 && node.version() != version) {
        throw new KeeperException.BadVersionException(path);
      }
      return node;
    }
  }

  /** The nodes of a session, which go with it. */
  List<Op> deletesOf(long session) {
    List<Op> deletes = new ArrayList<>();
    nodes.forEach((path, node) -> {
      if (node.owner() == session) {
        deletes.add(Op.delete(path, -1));
      }
    });
    return deletes;
  }

  /** Containers that had children and have none now. */
  List<String> emptyContainers() {
    List<String> empty = new ArrayList<>();
    nodes.forEach((path, node) -> {
      if (node.container() && node.sequence() > 0 && isEmpty(path)) {
        empty.add(path);
      }
    });
    return empty;
  }

  /** One read of several; a failed one is an ErrorResult. */
  OpResult read(Op op) {
    Znode node = get(op.getPath());
    if (node == null) {
      return new OpResult.ErrorResult(Code.NONODE.intValue());
    }
    return op.getType() == OpCode.getChildren
        ? new OpResult.GetChildrenResult(children(op.getPath()))
        : new OpResult.GetDataResult(node.data(), node.stat());
  }
}
