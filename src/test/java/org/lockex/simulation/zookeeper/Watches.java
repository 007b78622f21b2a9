package org.lockex.simulation.zookeeper;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.WatcherEvent;

/** Who of a server's clients wants to hear of which node; each once, as in WatchManager. */
final class Watches {
  private final Map<String, Set<ServerLink>> data = new HashMap<>();
  private final Map<String, Set<ServerLink>> children = new HashMap<>();

  void onData(String path, ServerLink link) {
    data.computeIfAbsent(path, _ -> new LinkedHashSet<>()).add(link);
  }

  void onChildren(String path, ServerLink link) {
    children.computeIfAbsent(path, _ -> new LinkedHashSet<>()).add(link);
  }

  void remove(ServerLink link) {
    data.values().forEach(links -> links.remove(link));
    children.values().forEach(links -> links.remove(link));
  }

  /** Tells of what a transaction changes. */
  Tree.Listener at(long zxid) {
    return new Tree.Listener() {
      @Override
      public void created(String path) {
        tell(data.remove(path), EventType.NodeCreated, path, zxid, Set.of());
        tell(
            children.remove(Tree.parent(path)),
            EventType.NodeChildrenChanged,
            Tree.parent(path),
            zxid,
            Set.of());
      }

      @Override
      public void deleted(String path) {
        Set<ServerLink> told = data.remove(path);
        tell(told, EventType.NodeDeleted, path, zxid, Set.of());
        tell(
            children.remove(path),
            EventType.NodeDeleted,
            path,
            zxid,
            told == null ? Set.of() : told);
        tell(
            children.remove(Tree.parent(path)),
            EventType.NodeChildrenChanged,
            Tree.parent(path),
            zxid,
            Set.of());
      }

      @Override
      public void changed(String path) {
        tell(data.remove(path), EventType.NodeDataChanged, path, zxid, Set.of());
      }
    };
  }

  private static void tell(
      Set<ServerLink> links, EventType type, String path, long zxid, Set<ServerLink> but) {
    if (links != null) {
      for (ServerLink link : links) {
        if (!but.contains(link)) {
          tell(link, type, path, zxid);
        }
      }
    }
  }

  static void tell(ServerLink link, EventType type, String path, long zxid) {
    link.frame(
        new ReplyHeader(-1, zxid, 0),
        new WatcherEvent(type.getIntValue(), KeeperState.SyncConnected.getIntValue(), path));
  }
}
