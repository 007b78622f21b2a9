package org.lockex.gateway.async;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;
import org.lockex.lock.session.HostRotation;
import org.lockex.lock.session.Hosts;
import org.lockex.security.ClientSecurity;

class ZooKeeperClientIT {
  @AutoClose private final TestZooKeeper server = new TestZooKeeper();

  private final ZooKeeperClient client =
      new ZooKeeperClient(
          new ZooKeeperSettings(
              server.hosts(),
              () -> new HostRotation(Hosts.parse(server.hosts()), System::nanoTime),
              "/lockex",
              Duration.ofSeconds(1),
              ClientSecurity.NONE),
          (code, why) -> {});
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private final class Heard implements AsyncZooKeeper.ZooKeeperListener {
    @Override
    public void connected(boolean fresh) {
      heard.add(fresh ? "connected anew" : "connected");
    }

    @Override
    public void disconnected() {
      heard.add("disconnected");
    }

    @Override
    public void expired() {
      heard.add("expired");
    }

    @Override
    public void changed(EventType type, String path) {
      heard.add(type + " " + path);
    }
  }

  private void awaitLast(String what) {
    Poll.until(what, () -> heard.getLast().equals(what));
  }

  @Test
  void everything_is_told_once_also_with_a_watch_on_the_tree_and_one_session_follows_another()
      throws Exception {
    List<Code> answers = new CopyOnWriteArrayList<>();
    client.open(new Heard());
    awaitLast("connected anew");
    client.watch("/", answers::add);
    List<Op> create = List.of(Op.create("/a", new byte[0], client.acl(), CreateMode.PERSISTENT));
    client.multi(create, (code, results, zxid) -> answers.add(code));
    awaitLast("NodeCreated /a");
    // Longer than a client waits for a server before it takes its session for expired.
    server.stop();
    awaitLast("expired");
    server.restart();
    awaitLast("connected anew");
    client.barrier("/", answers::add);
    Poll.until("answered", () -> answers.size() == 3);
    client.close();
    assertEquals(List.of(Code.OK, Code.OK, Code.OK), answers);
    assertEquals(
        List.of("connected anew", "NodeCreated /a", "disconnected", "expired", "connected anew"),
        heard);
  }
}
