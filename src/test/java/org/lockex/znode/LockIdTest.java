package org.lockex.znode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockIdTest {

  private static List<byte[]> argv(String... words) {
    List<byte[]> argv = new ArrayList<>();
    for (String word : words) {
      argv.add(word.getBytes(UTF_8));
    }
    return argv;
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, '''/'''",
    "'\u0000', U+0000",
    "a\tb, U+0009",
    "\u007f, U+007F",
    "\u0085, U+0085",
    "\ue000, U+E000",
    "\ufffd, U+FFFD",
    "x\ud83d\ude00, U+1F600",
  })
  void names_the_character_that_a_lock_id_must_not_contain(String id, String name) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> LockId.of(id));
    assertEquals("a lock id must not contain " + name, e.getMessage());
  }

  @Test
  void a_lock_id_is_neither_empty_nor_a_dot_or_two() {
    for (String id : List.of("", ".", "..")) {
      assertThrows(IllegalArgumentException.class, () -> LockId.of(id));
    }
    assertEquals("...", LockId.of("...").value());
    assertEquals("a b:\u00fc*", LockId.of("a b:\u00fc*").value());
  }

  @Test
  void agrees_with_zookeeper_on_every_character() {
    for (int c = 0; c <= 0xffff; c++) {
      String id = "a" + (char) c;
      if (c != '/') {
        assertEquals(
            accepts(() -> PathUtils.validatePath("/" + id)), accepts(() -> LockId.of(id)), id);
      }
    }
  }

  private static boolean accepts(Runnable check) {
    try {
      check.run();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void derives_the_same_name_for_the_same_command_everywhere() {
    // printf 'echo\0hi\0' | sha256sum
    assertEquals("echo-f90045af254cd1f6", LockId.derived(argv("echo", "hi")).value());
    assertTrue(LockId.derived(argv("/usr/bin/echo", "hi")).value().startsWith("echo-"));
    assertNotEquals(LockId.derived(argv("/usr/bin/echo")), LockId.derived(argv("echo")));
  }

  @Test
  void tells_a_b_from_a_and_b() {
    assertNotEquals(LockId.derived(argv("x", "a", "b")), LockId.derived(argv("x", "a b")));
    assertNotEquals(LockId.derived(argv("x", "ab")), LockId.derived(argv("x", "a", "b")));
    assertNotEquals(LockId.derived(argv("x", "")), LockId.derived(argv("x")));
  }

  @Test
  void tells_bytes_that_are_no_text_apart() {
    byte[] latin1 = "\u00dcbersicht".getBytes(ISO_8859_1);
    byte[] other = "\u00d6bersicht".getBytes(ISO_8859_1);
    assertNotEquals(LockId.derived(List.of(latin1)), LockId.derived(List.of(other)));
    assertTrue(LockId.derived(List.of(latin1)).value().startsWith("_bersicht-"));
  }

  @Test
  void derives_a_valid_name_from_any_bytes() {
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      byte[] word = new byte[random.nextInt(300)];
      random.nextBytes(word);
      String id = LockId.derived(List.of(word)).value();
      assertTrue(id.matches("(?s).{0,128}-[0-9a-f]{16}"), id);
      PathUtils.validatePath("/" + id);
    }
    assertThrows(IllegalArgumentException.class, () -> LockId.derived(List.of()));
  }

  @Test
  void a_name_from_elsewhere_is_a_lock_or_none() {
    assertEquals("nightly", LockId.ifValid("nightly").orElseThrow().toString());
    assertTrue(LockId.ifValid("a/b").isEmpty());
  }
}
