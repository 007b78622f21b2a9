package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrantSightingsTest {
  private static final byte[] GRANT =
      "{\"host\":\"gw\",\"lifetimeMillis\":60000,\"token\":7}".getBytes(UTF_8);

  private long nanos = 5_000_000_000L;
  private final GrantSightings here = new GrantSightings("b1", () -> nanos);
  private final GrantSightings elsewhere = new GrantSightings("b2", () -> 77);

  @Test
  void an_age_counts_from_the_mark_of_this_boot_of_this_host_and_no_other() {
    assertEquals(Duration.ZERO, here.age(GRANT));
    byte[] marked = here.addedTo(GRANT).orElseThrow();
    nanos += 3_000_000_000L;
    assertEquals(Duration.ofSeconds(3), here.age(marked));
    assertEquals(Duration.ZERO, elsewhere.age(marked));
    byte[] twice = elsewhere.addedTo(marked).orElseThrow();
    assertEquals(Duration.ofSeconds(3), here.age(twice));
    assertEquals(Optional.empty(), here.addedTo(twice));
  }

  @Test
  void a_marked_grant_is_the_grant_it_was() {
    byte[] marked = here.addedTo(GRANT).orElseThrow();
    assertEquals(ContenderData.read(GRANT), ContenderData.read(marked));
    assertTrue(ContenderData.read(marked).terms().isPresent());
  }

  @Test
  void a_mark_of_the_future_is_no_age() {
    byte[] marked = here.addedTo(GRANT).orElseThrow();
    nanos -= 2_000_000_000L;
    assertEquals(Duration.ZERO, here.age(marked));
  }

  @Test
  void there_is_no_end_of_hosts_but_of_marks() {
    byte[] data = GRANT;
    for (int i = 0; i < 16; i++) {
      data = new GrantSightings("h" + i, () -> nanos).addedTo(data).orElseThrow();
    }
    assertEquals(Optional.empty(), here.addedTo(data));
    assertEquals(Optional.empty(), here.addedTo("192.0.2.1".getBytes(UTF_8)));
    assertEquals(Optional.empty(), new GrantSightings("", () -> nanos).addedTo(GRANT));
  }
}
