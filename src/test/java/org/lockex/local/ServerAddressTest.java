package org.lockex.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerAddressTest {
  private static final Namespaces HERE = new Namespaces("b1", "net:[1]", "pid:[1]");

  @Test
  void what_1_0_wrote_is_read_and_1_0_reads_the_first_two_words() {
    assertEquals(
        Optional.of(new ServerAddress(2345, 17, Optional.empty())),
        ServerAddress.parse("2345 17\n"));
    ServerAddress address = new ServerAddress(2345, 17, Optional.of(HERE));
    assertEquals("2345 17 b1 net:[1] pid:[1]\n", address.text());
    assertEquals(Optional.of(address), ServerAddress.parse(address.text()));
    assertEquals(Optional.empty(), ServerAddress.parse("2345"));
    assertEquals(Optional.empty(), ServerAddress.parse("none 1"));
  }

  @Test
  void another_machine_and_another_network_namespace_are_out_of_reach() {
    assertEquals(Optional.empty(), HERE.unreachableFrom(HERE));
    assertEquals(
        Optional.empty(), HERE.unreachableFrom(new Namespaces("b1", "net:[1]", "pid:[2]")));
    assertTrue(reason(new Namespaces("b2", "net:[1]", "pid:[1]")).contains("another machine"));
    assertTrue(reason(new Namespaces("b1", "net:[2]", "pid:[1]")).contains("network namespace"));
  }

  @Test
  void a_pid_counts_only_in_its_own_namespace() {
    assertTrue(HERE.seesProcessesOf(new Namespaces("b1", "net:[2]", "pid:[1]")));
    assertFalse(HERE.seesProcessesOf(new Namespaces("b1", "net:[1]", "pid:[2]")));
    assertFalse(HERE.seesProcessesOf(new Namespaces("b2", "net:[1]", "pid:[1]")));
  }

  private static String reason(Namespaces here) {
    return HERE.unreachableFrom(here).orElse("");
  }
}
