package org.lockex.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult.CreateResult;
import org.apache.zookeeper.OpResult.GetChildrenResult;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;

/** The simulated servers keep ZooKeeper's promises, whatever befalls them. */
class EnsembleTest {
  private static final long SECOND = VirtualTime.SECOND;

  /** A client that appends to a folder, and remembers what it was told. */
  private static final class Appender implements Client.Listener {
    private final Set<String> created = new HashSet<>();
    private final Set<String> seen = new TreeSet<>();
    private final List<String> told = new ArrayList<>();
    private final Client client;
    private int lost;

    Appender(Ensemble ensemble, Random random, String host) {
      SimulatedProcess process =
          new SimulatedProcess(ensemble.time(), new Host(ensemble.time(), host, 1), host);
      client = new Client(ensemble, process, random, 4 * SECOND, this);
    }

    void append(CreateMode mode) {
      Op create = Op.create("/f/n", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
      client.request(
          new Request.Write(List.of(create)),
          answer -> {
            if (answer.code() == Code.OK) {
              created.add(((CreateResult) answer.results().getFirst()).getPath());
            } else {
              lost++;
            }
          });
    }

    @Override
    public void connected() {
      told.add("connected");
    }

    @Override
    public void disconnected() {
      told.add("disconnected");
    }

    @Override
    public void expired() {
      told.add("expired");
    }

    @Override
    public void changed(EventType type, String path) {
      if (type == EventType.NodeCreated) {
        seen.add(path);
      }
    }
  }

  private static void run(VirtualTime time, long nanos) {
    long end = time.now() + nanos;
    while (time.step(end)) {
      assertTrue(time.events() < 10_000_000, "it never ends");
    }
  }

  /** What was acknowledged is there, at every server, in the same order; and no session is lost. */
  private static String play(long seed) {
    VirtualTime time = new VirtualTime();
    Random random = new Random(seed);
    Ensemble ensemble = new Ensemble(new Network(time, random), random, 3, SECOND / 2);
    ensemble.start();
    run(time, 10 * SECOND);
    assertTrue(ensemble.leader().isPresent(), "no leader");
    ensemble.write(
        List.of(Op.create("/f", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)));
    List<Appender> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(new Appender(ensemble, random, "c" + i));
    }
    for (int round = 0; round < 60; round++) {
      for (Appender client : clients) {
        client.append(CreateMode.PERSISTENT_SEQUENTIAL);
      }
      fault(ensemble, random);
      run(time, random.nextInt(2000) * VirtualTime.MILLI);
    }
    ensemble.network().healAll();
    ensemble.servers().forEach(Server::start);
    run(time, 60 * SECOND);
    Set<String> all = new HashSet<>();
    clients.forEach(client -> all.addAll(client.created));
    assertTrue(all.size() > 20, "few writes: " + all.size());
    for (Server server : ensemble.servers()) {
      assertTrue(server.serves(), server + " does not serve");
      List<String> paths = server.tree().paths();
      assertTrue(new HashSet<>(paths).containsAll(all), "an acknowledged write is gone");
      assertEquals(ensemble.servers().getFirst().tree().paths(), paths);
    }
    return time.events() + " " + all.size() + " " + clients.getFirst().told;
  }

  private static void fault(Ensemble ensemble, Random random) {
    Server one = ensemble.servers().get(random.nextInt(3));
    Server other = ensemble.servers().get(random.nextInt(3));
    switch (random.nextInt(8)) {
      case 0 -> one.kill();
      case 1 -> ensemble.network().cut(one.host(), other.host());
      case 2, 3 -> ensemble.network().healAll();
      case 4 -> ensemble.network().connections().forEach(Connection::breaks);
      case 5 -> one.diskDelay(random.nextInt(500) * VirtualTime.MILLI);
      default -> ensemble.servers().forEach(Server::start);
    }
  }

  @Test
  void an_acknowledged_write_survives_elections_cuts_and_restarts() {
    for (int seed = 0; seed < 25; seed++) {
      assertEquals(play(seed), play(seed), "not the same twice");
    }
  }

  @Test
  void a_silent_client_loses_its_session_and_its_nodes_after_the_timeout_and_not_before() {
    VirtualTime time = new VirtualTime();
    Random random = new Random(7);
    Ensemble ensemble = new Ensemble(new Network(time, random), random, 3, SECOND / 2);
    ensemble.start();
    run(time, 10 * SECOND);
    Appender client = new Appender(ensemble, random, "c");
    Op folder =
        Op.create("/f", "x".getBytes(UTF_8), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    client.client.request(new Request.Write(List.of(folder)), answer -> {});
    client.append(CreateMode.EPHEMERAL_SEQUENTIAL);
    client.client.request(new Request.Watch("/f"), answer -> {});
    run(time, SECOND);
    client.append(CreateMode.EPHEMERAL_SEQUENTIAL);
    run(time, SECOND);
    assertEquals(2, client.created.size());
    assertEquals(1, client.seen.size());
    Host host = new Host(time, "c", 1);
    ensemble.servers().forEach(server -> ensemble.network().cut(host, server.host()));
    run(time, 2 * SECOND);
    assertEquals(2, children(ensemble).size());
    run(time, 6 * SECOND);
    assertEquals(0, children(ensemble).size());
    ensemble.network().healAll();
    run(time, 8 * SECOND);
    assertTrue(client.told.contains("expired"), client.told.toString());
  }

  private static List<String> children(Ensemble ensemble) {
    return ((GetChildrenResult) ensemble.leader().orElseThrow().tree().read(Op.getChildren("/f")))
        .getChildren();
  }
}
