package org.lockex.simulation.zookeeper;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** The nodes and sessions that one server knows. */
final class Tree {
  static final long CONTAINER = Long.MIN_VALUE;

  /** One node; the numbers are those of ZooKeeper's Stat. */
  static final class Node {
    byte[] data;
    long owner;
    long czxid;
    long mzxid;
    long pzxid;
    long ctime;
    long mtime;
    int version;

    /** How many children were ever made: of this sequential names are made. */
    int creations;

    final TreeSet<String> children = new TreeSet<>();

    private Node copy() {
      Node copy = new Node();
      copy.data = data;
      copy.owner = owner;
      copy.czxid = czxid;
      copy.mzxid = mzxid;
      copy.pzxid = pzxid;
      copy.ctime = ctime;
      copy.mtime = mtime;
      copy.version = version;
      copy.creations = creations;
      copy.children.addAll(children);
      return copy;
    }

    Stat stat() {
      Stat stat = new Stat();
      stat.setCzxid(czxid);
      stat.setMzxid(mzxid);
      stat.setPzxid(pzxid);
      stat.setCtime(ctime);
      stat.setMtime(mtime);
      stat.setVersion(version);
      stat.setCversion(2 * creations - children.size());
      stat.setEphemeralOwner(owner == CONTAINER ? 0 : owner);
      stat.setDataLength(data.length);
      stat.setNumChildren(children.size());
      return stat;
    }
  }

  /** What a transaction does, one after the other. */
  sealed interface Change {
    record Create(String path, byte[] data, long owner, long time) implements Change {}

    record Delete(String path) implements Change {}

    record SetData(String path, byte[] data, long time) implements Change {}

    record OpenSession(long id, int timeout) implements Change {}

    record CloseSession(long id) implements Change {}
  }

  /** Hears what a change did to the nodes. */
  interface Listener {
    void created(String path);

    void deleted(String path);

    void changed(String path);
  }

  static final Listener NOBODY =
      new Listener() {
        @Override
        public void created(String path) {}

        @Override
        public void deleted(String path) {}

        @Override
        public void changed(String path) {}
      };

  private final Map<String, Node> nodes = new TreeMap<>();

  /** The timeout of each. */
  private final Map<Long, Integer> sessions = new TreeMap<>();

  Tree() {
    for (String path : List.of("/", "/zookeeper")) {
      Node node = new Node();
      node.data = new byte[0];
      nodes.put(path, node);
    }
    nodes.get("/").children.add("zookeeper");
  }

  Tree copy() {
    Tree copy = new Tree();
    copy.nodes.clear();
    nodes.forEach((path, node) -> copy.nodes.put(path, node.copy()));
    copy.sessions.putAll(sessions);
    return copy;
  }

  @Nullable Node get(String path) {
    return nodes.get(path);
  }

  Map<String, Node> nodes() {
    return nodes;
  }

  Map<Long, Integer> sessions() {
    return sessions;
  }

  /** The nodes that go with a session, in the order of their names. */
  List<String> ephemerals(long session, String below) {
    List<String> paths = new ArrayList<>();
    nodes.forEach((path, node) -> {
      if (node.owner == session && path.startsWith(below)) {
        paths.add(path);
      }
    });
    return paths;
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? "/" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  void apply(Change change, long zxid, Listener listener) {
    switch (change) {
      case Change.Create(String path, byte[] data, long owner, long time) -> {
        Node node = new Node();
        node.data = data;
        node.owner = owner;
        node.czxid = zxid;
        node.mzxid = zxid;
        node.pzxid = zxid;
        node.ctime = time;
        node.mtime = time;
        nodes.put(path, node);
        Node parent = nodes.get(parent(path));
        parent.children.add(name(path));
        parent.creations++;
        parent.pzxid = zxid;
        listener.created(path);
      }
      case Change.Delete(String path) -> {
        nodes.remove(path);
        Node parent = nodes.get(parent(path));
        parent.children.remove(name(path));
        parent.pzxid = zxid;
        listener.deleted(path);
      }
      case Change.SetData(String path, byte[] data, long time) -> {
        Node node = nodes.get(path);
        node.data = data;
        node.version++;
        node.mzxid = zxid;
        node.mtime = time;
        listener.changed(path);
      }
      case Change.OpenSession(long id, int timeout) -> sessions.put(id, timeout);
      case Change.CloseSession(long id) -> sessions.remove(id);
    }
  }
}
