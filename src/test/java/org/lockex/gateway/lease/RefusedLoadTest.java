package org.lockex.gateway.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lockex.gateway.lease.LeaseWorld.Fault;

/** A server that lets nobody watch, or not us: lockexd is not ready, knows why, and tries again. */
class RefusedLoadTest {
  @ParameterizedTest
  @EnumSource(names = {"UNIMPLEMENTED", "NOAUTH", "SESSIONCLOSEDREQUIRESASLAUTH"})
  void what_the_server_said_is_known_until_it_says_yes(Code code) {
    LeaseWorld world = new LeaseWorld(1, 1, 1, Fault.NONE, -1);
    LeaseDirectory directory = world.gateways.getFirst().directory();
    assertTrue(directory.ready());
    assertEquals(Optional.empty(), directory.refusal());
    AtomicInteger ready = new AtomicInteger();
    directory.onReady(ready::incrementAndGet);
    FakeSession session = world.sessions.getFirst();
    session.refusesWatches(code);
    session.lose(false, true);
    world.pass(Duration.ofSeconds(5));
    assertFalse(directory.ready());
    assertEquals(Optional.of(code), directory.refusal());
    assertEquals(0, ready.get());
    session.refusesWatches(Code.OK);
    world.pass(Duration.ofSeconds(2));
    assertTrue(directory.ready());
    assertEquals(Optional.empty(), directory.refusal());
    assertEquals(1, ready.get());
  }
}
