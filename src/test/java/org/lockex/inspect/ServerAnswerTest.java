package org.lockex.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerAnswerTest {
  @Test
  void a_role_is_read_whole_and_a_version_without_its_build() {
    String text = "Zookeeper version: 3.9.4-7246445, built on 2025\nMode: read-only\n";
    assertEquals(Optional.of("read-only"), ServerAnswer.role(text));
    assertEquals(Optional.of("3.9.4"), ServerAnswer.version(text));
  }
}
