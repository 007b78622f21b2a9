package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

/** How long somebody who did not give a grant lets it stand. */
class GrantAgesTest {
  private static final byte[] DATA =
      "{\"host\":\"gw\",\"lifetimeMillis\":60000,\"token\":7}".getBytes(UTF_8);

  private long nanos = 5_000_000_000L;
  private final GrantAges ages = new GrantAges(() -> nanos);

  private Duration left(long czxid, byte[] data) {
    Stat stat = new Stat();
    stat.setCzxid(czxid);
    return ages.left(Grant.of(data, stat).orElseThrow(), data, stat);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void a_grant_lasts_from_its_first_sight_and_a_twentieth_longer() {
    assertEquals(Duration.ofSeconds(63), left(1, DATA));
    pass(Duration.ofSeconds(10));
    assertEquals(Duration.ofSeconds(53), left(1, DATA));
    assertEquals(Duration.ofSeconds(63), left(2, DATA), "another grant is new");
    pass(Duration.ofSeconds(53));
    assertEquals(Duration.ZERO, left(1, DATA));
  }

  @Test
  void an_earlier_sight_of_this_host_counts_and_is_not_forgotten() {
    byte[] marked = ages.sightings().addedTo(DATA).orElseThrow();
    pass(Duration.ofSeconds(20));
    assertEquals(Duration.ofSeconds(43), left(1, marked));
    assertEquals(Duration.ofSeconds(43), left(1, DATA), "though it was written again without it");
  }
}
