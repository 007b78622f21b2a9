package org.lockex.lock.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.lockex.lock.session.HeartbeatClient;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.SessionSettings;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;

/** What drives the lease's state machine. */
class LeaseKeeperTest {
  private static final long T = TimeUnit.SECONDS.toNanos(10);
  private static final String OWN = "/lockex/a/own";

  private final LinkedBlockingQueue<Throwable> defects = new LinkedBlockingQueue<>();
  private boolean ended;
  private final LeaseKeeper keeper = new LeaseKeeper(settings(), "/lockex/a", () -> ended);

  private SessionSettings settings() {
    return new SessionSettings(
        Hosts.parse("localhost:1"),
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        ClientSecurity.NONE,
        System::nanoTime,
        new Contender("here", 1, "me", "cmd", Instant.EPOCH, "1"),
        note -> {},
        defects::add);
  }

  /** A client that answers at once, until it is broken. */
  private static final class FakeClient implements HeartbeatClient {
    private final LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private volatile boolean broken;
    private volatile boolean silent;
    private volatile Code watched = Code.OK;

    void await(String request) throws InterruptedException {
      String next = "";
      while (!request.equals(next)) {
        next = asked.poll(20, TimeUnit.SECONDS);
        assertNotNull(next, request);
      }
    }

    @Override
    public String sessionName() {
      return "0x1";
    }

    @Override
    public void read(String path, AsyncCallback.StatCallback answer) {
      if (broken) {
        throw new IllegalStateException("a defect");
      }
      asked.add("read " + path);
      Stat stat = new Stat();
      stat.setPzxid(5);
      answer.processResult(Code.OK.intValue(), path, null, stat);
    }

    @Override
    public void check(String path, AsyncCallback.MultiCallback answer) {
      if (broken) {
        throw new IllegalStateException("a defect");
      }
      asked.add("check " + path);
      if (!silent) {
        answer.processResult(Code.OK.intValue(), path, null, null);
      }
    }

    @Override
    public void watch(String path, Watcher watcher, AsyncCallback.StatCallback answer) {
      asked.add("watch " + path);
      answer.processResult(watched.intValue(), path, null, null);
    }

    @Override
    public void reconnect(Runnable request) {
      silent = false;
      asked.add("reconnect");
      request.run();
    }
  }

  /** Writes down what it hears. */
  private static final class Listener implements Lease.HoldListener {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void renewed(Deadline deadline) {
      heard.add("renewed");
    }

    @Override
    public void lost(Loss loss) {
      heard.add(loss.why());
    }
  }

  private FakeClient holding() throws InterruptedException {
    FakeClient client = new FakeClient();
    keeper.connected(client, true, System.nanoTime(), T);
    keeper.hold(client, OWN);
    assertTrue(keeper.awaitHeld());
    return client;
  }

  private void watchTells(EventType type, String path) {
    keeper.process(new WatchedEvent(type, KeeperState.SyncConnected, path));
  }

  @Test
  void its_thread_sends_what_is_due_and_waits_between() throws Exception {
    FakeClient client = new FakeClient();
    keeper.start();
    keeper.connected(client, true, System.nanoTime(), TimeUnit.SECONDS.toNanos(1));
    long began = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      assertEquals("read /lockex/a", client.asked.poll(20, TimeUnit.SECONDS));
    }
    assertTrue(System.nanoTime() - began >= 2 * TimeUnit.MILLISECONDS.toNanos(300), "5/16 of T");
    client.silent = true;
    keeper.hold(client, OWN);
    client.await("check " + OWN);
    client.await("reconnect"); // Silence for T/6 makes it take another server.
    keeper.stop();
    client.asked.clear();
    assertNull(client.asked.poll(400, TimeUnit.MILLISECONDS), "nobody wants the lock any more");
    assertEquals(0, defects.size());
  }

  @Test
  void the_watch_tells_of_the_own_nodes_end() throws Exception {
    FakeClient client = holding();
    Listener listener = new Listener();
    keeper.listen(listener);
    watchTells(EventType.None, null);
    watchTells(EventType.NodeDataChanged, OWN);
    assertTrue(client.asked.contains("watch " + OWN), "it is set again");
    assertEquals(List.of("renewed"), listener.heard);
    watchTells(EventType.NodeDeleted, OWN);
    assertEquals(List.of("renewed", "another client deleted " + OWN), listener.heard);
    Listener later = new Listener();
    keeper.listen(later);
    assertEquals(List.of("renewed", "another client deleted " + OWN), later.heard);
  }

  @Test
  void a_watch_that_finds_no_node_any_more_is_its_end() throws Exception {
    FakeClient client = holding();
    Listener listener = new Listener();
    keeper.listen(listener);
    client.watched = Code.NONODE;
    watchTells(EventType.NodeDataChanged, OWN);
    assertEquals(List.of("renewed", "another client deleted " + OWN), listener.heard);
  }

  @Test
  void a_renewal_is_told_to_the_listener() throws Exception {
    FakeClient client = holding();
    Listener listener = new Listener();
    keeper.listen(listener);
    keeper.connected(client, false, System.nanoTime(), T / 2);
    assertEquals(List.of("renewed", "renewed"), listener.heard);
    assertEquals(T / 2, keeper.deadline().timeoutNanos());
  }

  @Test
  void the_next_in_line_hears_of_changes_and_beats_and_succeeds() {
    FakeClient client = new FakeClient();
    List<String> heard = new ArrayList<>();
    keeper.listenForChanges(() -> heard.add("change"));
    keeper.onBeat(() -> heard.add("beat"));
    keeper.connected(client, true, System.nanoTime(), T);
    keeper.rehearse();
    assertEquals("check /lockex/a", client.asked.poll());
    assertFalse(keeper.succeed(client, OWN), "nothing is expected yet");
    assertTrue(keeper.expect(client, OWN));
    assertFalse(keeper.expect(client, OWN), "once");
    assertEquals(List.of("beat", "change", "beat", "change"), heard);
    assertTrue(keeper.succeed(client, OWN));
  }

  @Test
  void a_defect_on_its_thread_is_told() throws Exception {
    FakeClient client = new FakeClient();
    client.broken = true;
    keeper.start();
    keeper.connected(client, true, System.nanoTime(), T);
    Throwable defect = defects.poll(10, TimeUnit.SECONDS);
    assertTrue(defect instanceof IllegalStateException, "" + defect);
  }

  @Test
  void a_defect_on_the_clients_thread_is_told() throws Exception {
    FakeClient client = new FakeClient();
    keeper.connected(client, true, System.nanoTime(), T);
    keeper.hold(client, OWN);
    keeper.listen(
        new Lease.HoldListener() {
          @Override
          public void renewed(Deadline deadline) {}

          @Override
          public void lost(Loss loss) {
            throw new IllegalStateException("a defect of the listener");
          }
        });
    keeper.expired(client);
    Throwable defect = defects.poll();
    assertTrue(defect instanceof IllegalStateException, "" + defect);
  }

  @Test
  void it_waits_until_the_lease_is_proven() throws Exception {
    FakeClient client = new FakeClient();
    keeper.connected(client, true, System.nanoTime(), T);
    keeper.hold(client, OWN);
    assertTrue(keeper.awaitHeld());
    assertEquals(T, keeper.deadline().timeoutNanos());
  }

  @Test
  void the_end_of_our_own_session_is_no_loss() {
    FakeClient client = new FakeClient();
    Loss[] heard = new Loss[1];
    keeper.connected(client, true, System.nanoTime(), T);
    keeper.hold(client, OWN);
    keeper.listen(
        new Lease.HoldListener() {
          @Override
          public void renewed(Deadline deadline) {}

          @Override
          public void lost(Loss loss) {
            heard[0] = loss;
          }
        });
    ended = true;
    keeper.expired(client);
    assertNull(heard[0]);
    ended = false;
    keeper.letGo();
    FakeClient another = new FakeClient();
    keeper.connected(another, true, System.nanoTime(), T);
    keeper.hold(another, OWN);
    keeper.expired(another);
    assertEquals(new Loss.Expired("0x1"), heard[0]);
  }
}
