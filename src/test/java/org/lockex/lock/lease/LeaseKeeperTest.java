package org.lockex.lock.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
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
    private volatile boolean broken;

    @Override
    public String sessionName() {
      return "0x1";
    }

    @Override
    public void read(String path, AsyncCallback.StatCallback answer) {
      if (broken) {
        throw new IllegalStateException("a defect");
      }
      answer.processResult(Code.NONODE.intValue(), path, null, null);
    }

    @Override
    public void check(String path, AsyncCallback.MultiCallback answer) {
      if (broken) {
        throw new IllegalStateException("a defect");
      }
      answer.processResult(Code.OK.intValue(), path, null, null);
    }

    @Override
    public void watch(String path, Watcher watcher, AsyncCallback.StatCallback answer) {}

    @Override
    public void reconnect(Runnable request) {
      request.run();
    }
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
