package org.lockex.lock.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Orders;
import org.lockex.lock.session.HeartbeatClient;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.SessionSettings;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;

/** The thread that wants the lock and the one that brings the client's answers, in many orders. */
@Tag("orders")
class LeaseKeeperOrdersTest {
  private static final long T = Duration.ofSeconds(10).toNanos();
  private static final long MARGIN = T / 20;
  private static final String OWN = "/lockex/a/own";
  private static final Hosts HOSTS = Hosts.parse("localhost:1");
  private static final Contender CONTENDER =
      new Contender("here", 1, "me", "cmd", Instant.EPOCH, "1");

  private record Request(String path, AsyncCallback.MultiCallback answer, long arrived) {}

  /** One keeper, its client, and the server behind that; time passes when somebody looks. */
  private static final class World implements HeartbeatClient, Lease.HoldListener {
    private final LeaseKeeper keeper =
        new LeaseKeeper(
            new SessionSettings(
                HOSTS,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                ClientSecurity.NONE,
                this::tick,
                CONTENDER,
                note -> {},
                this::defect),
            "/lockex/a",
            () -> false);
    private final ArrayDeque<Request> underWay = new ArrayDeque<>();
    private final List<Long> arrivals = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private long now;
    private long lastProof;
    private long dieAt;
    private int losses;

    World() {
      keeper.connected(this, true, 0, T);
    }

    private synchronized long tick() {
      now += T / 8;
      return now;
    }

    private void defect(Throwable thrown) {
      wrong.add("a defect: " + thrown);
    }

    @Override
    public String sessionName() {
      return "0x1";
    }

    @Override
    public void read(String path, AsyncCallback.StatCallback answer) {
      throw new AssertionError("a holder's first request is none that any server answers");
    }

    /** The server has it at once. */
    @Override
    public synchronized void check(String path, AsyncCallback.MultiCallback answer) {
      long arrived = tick();
      arrivals.add(arrived);
      underWay.add(new Request(path, answer, arrived));
      notifyAll();
    }

    @Override
    public void watch(String path, Watcher watcher, AsyncCallback.StatCallback answer) {}

    @Override
    public void reconnect(Runnable request) {}

    /** What the client's thread does: brings the next answer. */
    void answer() {
      Request next = await();
      lastProof = next.arrived();
      next.answer().processResult(Code.OK.intValue(), next.path(), null, null);
    }

    synchronized Request await() {
      try {
        while (underWay.isEmpty()) {
          wait();
        }
        return underWay.remove();
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts here", e);
      }
    }

    /** When the leader heard last of the session, as far as answers show: half a tick is T/4. */
    private synchronized long heard() {
      long heard = 0;
      for (long arrived : arrivals) {
        if (arrived <= lastProof - T / 4) {
          heard = Math.max(heard, arrived);
        }
      }
      return heard;
    }

    /** The watch on the own node tells. */
    void delete(String path) {
      keeper.process(new WatchedEvent(EventType.NodeDeleted, KeeperState.SyncConnected, path));
    }

    @Override
    public void renewed(Deadline deadline) {
      if (losses > 0) {
        wrong.add("renewed after the loss");
      }
      if (deadline.dieAt() < dieAt) {
        wrong.add("a later call brought an earlier deadline");
      }
      dieAt = deadline.dieAt();
      if (dieAt > heard() + T - MARGIN) {
        wrong.add("counted from " + (dieAt - T + MARGIN) + ", but heard at " + heard());
      }
    }

    @Override
    public void lost(Loss loss) {
      losses++;
    }
  }

  private static void await(World world) {
    try {
      boolean _ = world.keeper.awaitHeld();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts here", e);
    }
  }

  private static void holdAndListen(World world) {
    world.keeper.hold(world, OWN);
    await(world);
    world.keeper.listen(world);
  }

  @Test
  void a_loss_is_heard_once_and_last() {
    Orders.tryMany(
        120,
        () -> {
          World world = new World();
          Orders.sideBySide(
              () -> holdAndListen(world),
              () -> {
                world.answer();
                world.keeper.expired(world);
              });
          assertEquals(List.of(), world.wrong);
          assertEquals(1, world.losses);
        });
  }

  @Test
  void who_waits_for_a_proof_that_never_comes_hears_of_the_loss() {
    Orders.tryMany(
        20,
        () -> {
          World world = new World();
          Orders.sideBySide(
              () -> holdAndListen(world),
              () -> {
                Request _ = world.await();
                world.delete(OWN);
              });
          assertEquals(List.of(), world.wrong);
          assertEquals(1, world.losses);
        });
  }

  @Test
  void the_deadline_counts_from_what_the_server_had_and_is_the_newest_nodes() {
    Orders.tryMany(
        20,
        () -> {
          World world = new World();
          world.keeper.listen(world);
          world.keeper.hold(world, OWN);
          Orders.sideBySide(
              () -> world.keeper.hold(world, OWN + 2),
              () -> {
                world.answer();
                world.answer();
              });
          assertEquals(List.of(), world.wrong);
          assertTrue(world.keeper.deadline().dieAt() > 0);
          world.delete(OWN + 2);
          assertEquals(1, world.losses);
        });
  }
}
