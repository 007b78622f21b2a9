package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BreakRequestTest {
  private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
  private static final BreakRequest REQUEST = new BreakRequest("al\"ice on h (pid 1)", NOW);
  private static final Contender HOLDER = new Contender("h", 1, "u", "c {}", NOW, "1");

  @Test
  void is_read_from_the_data_it_was_added_to_and_leaves_the_rest() {
    byte[] data = REQUEST.addedTo(ContenderData.running(HOLDER, NOW, 0, Optional.empty()).bytes());
    assertEquals(Optional.of(REQUEST), BreakRequest.in(data));
    assertEquals(Optional.of(HOLDER), ContenderData.read(data).who());
    assertEquals(Optional.of(REQUEST), BreakRequest.in(REQUEST.addedTo("{}".getBytes(UTF_8))));
  }

  @Test
  void a_holder_nobody_asked_has_none() {
    assertEquals(
        Optional.empty(),
        BreakRequest.in(ContenderData.running(HOLDER, NOW, 0, Optional.empty()).bytes()));
    assertEquals(Optional.empty(), BreakRequest.in(new byte[0]));
    assertEquals(Optional.empty(), BreakRequest.in("192.0.2.1".getBytes(UTF_8)));
  }

  @Test
  void another_program_gets_what_curators_revoker_writes() {
    byte[] data = REQUEST.addedTo("192.0.2.1".getBytes(UTF_8));
    assertEquals("__REVOKE__", new String(data, UTF_8));
    assertTrue(BreakRequest.in(data).isPresent());
  }
}
