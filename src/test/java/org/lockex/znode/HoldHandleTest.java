package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldHandleTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"/lockex/a b@c/_c_x-lock-0000000001@4294967301", "/x/leases@7", "/deep/er/x/y@1"})
  void is_read_as_it_was_printed(String text) {
    assertEquals(text, HoldHandle.of(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "@", "x", "/a/b", "/a/b@", "/a/b@x", "/a/b@-1", "/a/b@0", "/b@1", "a/b@1"})
  void is_nothing_else(String text) {
    String said =
        assertThrows(IllegalArgumentException.class, () -> HoldHandle.of(text)).getMessage();
    assertTrue(said.startsWith("not a handle as lockexctl hold prints it: "), said);
  }

  @Test
  void a_lifetime_is_changed_where_the_program_wrote_it_and_nowhere_else() {
    String reason = "a\",\"lifetimeMillis\":1,\"token\":{\"lifetimeMillis\":2";
    LeaseTerms terms =
        LeaseTerms.hold(Duration.ZERO, Duration.ofHours(1), Optional.of(reason)).granted(7);
    Contender who = new Contender("h", 1, "u", "c " + reason, Instant.EPOCH, "1");
    byte[] data = ContenderData.lease(who, terms).bytes();
    byte[] longer = GrantLifetime.changed(data, Duration.ofHours(2)).orElseThrow();
    assertEquals(
        new String(data, UTF_8).replace(":3600000,", ":7200000,"), new String(longer, UTF_8));
    assertEquals(Optional.of(reason), ContenderData.read(longer).hold().orElseThrow().reason());
    assertTrue(GrantLifetime.changed("{}".getBytes(UTF_8), Duration.ofHours(2)).isEmpty());
    String another = "{\"of\":{\"lifetimeMillis\":1},\"lifetimeMillis\":60000,\"token\":7}";
    assertTrue(GrantLifetime.changed(another.getBytes(UTF_8), Duration.ofHours(2)).isEmpty());
  }

  @Test
  void what_a_hold_is_for_is_told_in_words() {
    LeaseTerms told = LeaseTerms.hold(Duration.ZERO, Duration.ZERO, Optional.of("db upgrade"));
    assertEquals("held for maintenance until 14:00: db upgrade", told.heldFor("14:00"));
    LeaseTerms untold = LeaseTerms.hold(Duration.ZERO, Duration.ZERO, Optional.empty());
    assertEquals("held for maintenance until 14:00, no reason told", untold.heldFor("14:00"));
  }
}
