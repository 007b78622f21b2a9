package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;

/** The nodes of a ZooKeeper server, without network, disk or threads. */
final class FakeZooKeeper {
  /** Hears of changes, in their order. */
  interface Watch {
    void changed(EventType type, String path);
  }

  /** The answer to a request: results for OK, and those up to the failure otherwise. */
  record Answer(Code code, List<OpResult> results, long zxid) {}

  private static final class Node {
    byte[] data;
    Stat stat = new Stat();
    boolean container;
    int sequence;

    Node(byte[] data) {
      this.data = data;
    }

    Node copy() {
      Node copy = new Node(data);
      copy.stat = new Stat();
      copy.stat.setCzxid(stat.getCzxid());
      copy.stat.setMzxid(stat.getMzxid());
      copy.stat.setCtime(stat.getCtime());
      copy.stat.setMtime(stat.getMtime());
      copy.stat.setVersion(stat.getVersion());
      copy.stat.setEphemeralOwner(stat.getEphemeralOwner());
      copy.container = container;
      copy.sequence = sequence;
      return copy;
    }
  }

  private final Supplier<Long> wallMillis;
  private final Set<Watch> watches = new HashSet<>();
  private TreeMap<String, Node> nodes = new TreeMap<>();
  private long zxid = 1L << 32;

  /** Only the root's node is there; {@code wallMillis} is the leader's clock. */
  FakeZooKeeper(String root, Supplier<Long> wallMillis) {
    this.wallMillis = wallMillis;
    nodes.put("/", new Node(new byte[0]));
    nodes.put(root, new Node(new byte[0]));
  }

  void watch(Watch watch) {
    watches.add(watch);
  }

  void unwatch(Watch watch) {
    watches.remove(watch);
  }

  /** Sets how many nodes were ever created below a node that is there. */
  void count(String path, int created) {
    nodes.get(path).sequence = created;
  }

  /** Every path, sorted. */
  List<String> paths() {
    return List.copyOf(nodes.keySet());
  }

  boolean exists(String path) {
    return nodes.containsKey(path);
  }

  byte[] data(String path) {
    return nodes.get(path).data;
  }

  /** The transaction that wrote it last. */
  long mzxid(String path) {
    return nodes.get(path).stat.getMzxid();
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, slash);
  }

  private List<String> children(String path) {
    String prefix = path.equals("/") ? "/" : path + "/";
    return nodes.tailMap(prefix, false).keySet().stream()
        .takeWhile(other -> other.startsWith(prefix))
        .map(other -> other.substring(prefix.length()))
        .filter(name -> name.indexOf('/') < 0)
        .toList();
  }

  /** All or nothing; watches hear of it at once. */
  Answer write(List<Op> ops, long session) {
    TreeMap<String, Node> before = new TreeMap<>();
    nodes.forEach((path, node) -> before.put(path, node.copy()));
    zxid++;
    List<OpResult> results = new ArrayList<>();
    List<Map.Entry<EventType, String>> told = new ArrayList<>();
    for (Op op : ops) {
      try {
        results.add(apply(op, session, told));
      } catch (KeeperException e) {
        nodes = before;
        List<OpResult> failed = new ArrayList<>();
        for (int i = 0; i < ops.size(); i++) {
          int error =
              i < results.size()
                  ? 0
                  : i == results.size()
                      ? e.code().intValue()
                      : Code.RUNTIMEINCONSISTENCY.intValue();
          failed.add(new OpResult.ErrorResult(error));
        }
        return new Answer(e.code(), failed, zxid);
      }
    }
    told.forEach(event -> tell(event.getKey(), event.getValue()));
    return new Answer(Code.OK, results, zxid);
  }

  private void tell(EventType type, String path) {
    List.copyOf(watches).forEach(watch -> watch.changed(type, path));
  }

  private OpResult apply(Op op, long session, List<Map.Entry<EventType, String>> told)
      throws KeeperException {
    return switch (op.toRequestRecord()) {
      case CreateRequest create -> {
        String path = create(op.getType(), create, session);
        told.add(Map.entry(EventType.NodeCreated, path));
        yield new OpResult.CreateResult(path);
      }
      case DeleteRequest delete -> {
        Node node = node(delete.getPath());
        check(node, delete.getVersion());
        if (!children(delete.getPath()).isEmpty()) {
          throw new KeeperException.NotEmptyException(delete.getPath());
        }
        nodes.remove(delete.getPath());
        told.add(Map.entry(EventType.NodeDeleted, delete.getPath()));
        yield new OpResult.DeleteResult();
      }
      case SetDataRequest set -> {
        Node node = node(set.getPath());
        check(node, set.getVersion());
        node.data = set.getData();
        node.stat.setVersion(node.stat.getVersion() + 1);
        node.stat.setMzxid(zxid);
        node.stat.setMtime(wallMillis.get());
        told.add(Map.entry(EventType.NodeDataChanged, set.getPath()));
        yield new OpResult.SetDataResult(node.copy().stat);
      }
      default -> throw new IllegalArgumentException("not a write: " + op.getType());
    };
  }

  private String create(int type, CreateRequest create, long session) throws KeeperException {
    Node parent = node(parent(create.getPath()));
    CreateMode mode =
        type == OpCode.createContainer
            ? CreateMode.CONTAINER
            : CreateMode.fromFlag(create.getFlags());
    String path =
        mode.isSequential()
            ? create.getPath() + String.format("%010d", parent.sequence)
            : create.getPath();
    if (nodes.containsKey(path)) {
      throw new KeeperException.NodeExistsException(path);
    }
    if (parent.sequence < Integer.MAX_VALUE) {
      parent.sequence++;
    }
    Node node = new Node(create.getData());
    node.container = mode.isContainer();
    node.stat.setCzxid(zxid);
    node.stat.setMzxid(zxid);
    node.stat.setCtime(wallMillis.get());
    node.stat.setMtime(wallMillis.get());
    node.stat.setEphemeralOwner(mode.isEphemeral() ? session : 0);
    nodes.put(path, node);
    return path;
  }

  private Node node(String path) throws KeeperException {
    Node node = nodes.get(path);
    if (node == null) {
      throw new KeeperException.NoNodeException(path);
    }
    return node;
  }

  private static void check(Node node, int version) throws KeeperException {
    if (version >= 0 && node.stat.getVersion() != version) {
      throw new KeeperException.BadVersionException();
    }
  }

  /** Each read for itself. */
  Answer read(List<Op> ops) {
    List<OpResult> results = new ArrayList<>();
    for (Op op : ops) {
      Node node = nodes.get(op.getPath());
      if (node == null) {
        results.add(new OpResult.ErrorResult(Code.NONODE.intValue()));
      } else if (op.getType() == OpCode.getChildren) {
        results.add(new OpResult.GetChildrenResult(children(op.getPath())));
      } else {
        results.add(new OpResult.GetDataResult(node.data, node.copy().stat));
      }
    }
    return new Answer(Code.OK, results, zxid);
  }

  /** Ends a session: its nodes go. */
  void expire(long session) {
    List<Op> deletes =
        nodes.entrySet().stream()
            .filter(entry -> entry.getValue().stat.getEphemeralOwner() == session)
            .map(entry -> Op.delete(entry.getKey(), -1))
            .toList();
    Answer _ = write(deletes, 0);
  }

  /** Removes empty containers, the deepest first, as the server does from time to time. */
  void reap() {
    for (String path : nodes.descendingKeySet().toArray(String[]::new)) {
      if (nodes.get(path).container && children(path).isEmpty()) {
        Answer _ = write(List.of(Op.delete(path, -1)), 0);
      }
    }
  }
}
