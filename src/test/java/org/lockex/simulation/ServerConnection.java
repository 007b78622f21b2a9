package org.lockex.simulation;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;
import org.lockex.simulation.Request.Answer;

/**
 * A client's connection as its server has it. Answers come in the order of the requests: a read
 * waits for the writes before it.
 */
final class ServerConnection {
  private static final class Asked {
    private final Request request;
    private final Consumer<Answer> reply;
    private @Nullable Answer answer;

    Asked(Request request, Consumer<Answer> reply) {
      this.request = request;
      this.reply = reply;
    }
  }

  private final Server server;
  private final Connection link;
  private final Client client;
  private final Queue<Asked> asked = new ArrayDeque<>();
  private final Set<String> trees = new HashSet<>();
  private final Set<String> nodes = new HashSet<>();
  private final Set<String> children = new HashSet<>();
  private long session;
  private boolean closed;

  ServerConnection(Server server, Connection link, Client client) {
    this.server = server;
    this.link = link;
    this.client = client;
    link.toServer().onEnd(this::close);
  }

  long session() {
    return session;
  }

  void begin(Server.ConnectRequest first) {
    if (first.session() == 0) {
      long tick = server.ensemble().tick();
      long timeout = Math.clamp(first.timeout(), 2 * tick, 20 * tick);
      long id = server.ensemble().nextSession();
      server.leading().ifPresent(leader -> leader.beginSession(leader, id, timeout, this));
      server.following().ifPresent(follower -> follower.beginSession(id, timeout, this));
      return;
    }
    long id = first.session();
    server.leading().ifPresent(leader -> revalidated(id, leader.revalidate(leader, id)));
    server
        .following()
        .ifPresent(follower -> follower.revalidate(id, lives -> revalidated(id, lives)));
  }

  private void revalidated(long id, boolean lives) {
    if (closed) {
      return;
    }
    if (lives) {
      established(id, server.sessions().getOrDefault(id, 2 * server.ensemble().tick()));
    } else {
      link.toClient().send(() -> client.sessionIsOver(link));
      close();
    }
  }

  private void established(long id, long timeout) {
    session = id;
    link.toClient().send(() -> client.established(link, this, id, timeout));
  }

  /** The connection ends. */
  void close() {
    if (!closed) {
      closed = true;
      link.closeByServer();
      server.forget(this);
    }
  }

  private void touch() {
    server.leading().ifPresent(leading -> leading.touchHere(session));
    server.following().ifPresent(following -> following.touch(session));
  }

  /** The client asks; {@code reply} runs in the client. */
  void ask(Request request, Consumer<Answer> reply) {
    if (closed) {
      return;
    }
    touch();
    Asked next = new Asked(request, reply);
    asked.add(next);
    switch (request) {
      case Request.Write write -> {
        server.leading().ifPresent(leader -> leader.write(leader, session, write.ops(), next));
        server.following().ifPresent(follower -> follower.write(session, write.ops(), next));
      }
      case Request.Close() -> {
        server.leading().ifPresent(leader -> leader.endSession(session, next));
        server.following().ifPresent(follower -> follower.endSession(session, next));
      }
      case Request.Sync() -> {
        Runnable then =
            () -> {
              next.answer = new Answer(Code.OK, List.of(), server.lastZxid());
              goOn();
            };
        server.leading().ifPresent(leader -> leader.whenCommitted(then));
        server.following().ifPresent(follower -> follower.sync(then));
      }
      default -> {}
    }
    goOn();
  }

  private void goOn() {
    while (!closed && !asked.isEmpty()) {
      Asked next = asked.element();
      Answer answer = next.answer == null ? read(next.request) : next.answer;
      if (answer == null) {
        return;
      }
      asked.remove();
      if (answer.code() == Code.SESSIONMOVED) {
        close();
        return;
      }
      link.toClient().send(() -> next.reply.accept(answer));
    }
  }

  /** What can be answered here; null for what goes through the leader. */
  private @Nullable Answer read(Request request) {
    long zxid = server.lastZxid();
    return switch (request) {
      case Request.Read(var ops, boolean watches) -> {
        List<OpResult> results = ops.stream().map(server.tree()::read).toList();
        if (watches) {
          for (int i = 0; i < ops.size(); i++) {
            if (results.get(i) instanceof OpResult.GetChildrenResult) {
              children.add(ops.get(i).getPath());
            } else if (results.get(i) instanceof OpResult.GetDataResult) {
              nodes.add(ops.get(i).getPath());
            }
          }
        }
        yield new Answer(Code.OK, results, zxid);
      }
      case Request.Exists(String path, boolean watches) -> {
        Znode node = server.tree().get(path);
        if (watches) {
          nodes.add(path);
        }
        yield node == null
            ? new Answer(Code.NONODE, List.of(), zxid)
            : new Answer(Code.OK, List.of(new OpResult.SetDataResult(node.stat())), zxid);
      }
      case Request.Watch(String path) -> {
        trees.add(path);
        yield new Answer(Code.OK, List.of(), zxid);
      }
      case Request.SetWatches set -> {
        setAgain(set);
        yield new Answer(Code.OK, List.of(), zxid);
      }
      case Request.Ping() -> new Answer(Code.OK, List.of(), zxid);
      default -> null;
    };
  }

  private void setAgain(Request.SetWatches set) {
    trees.addAll(set.trees());
    for (String path : set.nodes()) {
      Znode node = server.tree().get(path);
      if (node == null) {
        // A watch of what was not there is set anew; of what was, it tells that it has gone.
        tell(EventType.NodeDeleted, path);
      } else if (node.czxid() > set.zxid()) {
        tell(EventType.NodeCreated, path);
      } else if (node.mzxid() > set.zxid()) {
        tell(EventType.NodeDataChanged, path);
      } else {
        nodes.add(path);
      }
    }
    for (String path : set.children()) {
      Znode node = server.tree().get(path);
      if (node == null) {
        tell(EventType.NodeDeleted, path);
      } else if (node.pzxid() > set.zxid()) {
        tell(EventType.NodeChildrenChanged, path);
      } else {
        children.add(path);
      }
    }
  }

  private void tell(EventType type, String path) {
    link.toClient().send(() -> client.changed(link, type, path));
  }

  /** The server has applied a transaction, anybody's. */
  void applied(Transaction transaction) {
    for (Tree.Change change : transaction.changes()) {
      if (change.event() != EventType.None) {
        tellOf(change);
      }
    }
    if (transaction.origin() == this) {
      established(transaction.session(), transaction.timeout());
      return;
    }
    for (Asked one : asked) {
      if (transaction.origin() == one) {
        one.answer = new Answer(transaction.code(), transaction.results(), transaction.zxid());
        goOn();
        break;
      }
    }
    if (transaction.kind() == Transaction.Kind.SESSION_ENDS && transaction.session() == session) {
      close();
    }
  }

  private void tellOf(Tree.Change change) {
    String path = change.path();
    EventType type = change.event();
    boolean once = nodes.remove(path);
    if (type == EventType.NodeDeleted) {
      once |= children.remove(path);
    }
    if (once || isBelowWatched(path)) {
      tell(type, path);
    }
    if (type != EventType.NodeDataChanged && children.remove(Tree.parent(path))) {
      tell(EventType.NodeChildrenChanged, Tree.parent(path));
    }
  }

  private boolean isBelowWatched(String path) {
    for (String tree : trees) {
      if (path.equals(tree) || tree.equals("/") || path.startsWith(tree + "/")) {
        return true;
      }
    }
    return false;
  }
}
