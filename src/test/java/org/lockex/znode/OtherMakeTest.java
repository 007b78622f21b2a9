package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which strangers are surely locks of another library. */
class OtherMakeTest {
  @ParameterizedTest
  @CsvSource({
    "_c_0-__READ__0000000001, a read-write lock of Curator",
    "_c_0-__WRIT__0000000001, a read-write lock of Curator",
    "0123__lock__0000000001, a lock of kazoo or of the Python lockex",
    "0123__rlock__0000000001, a lock of kazoo or of the Python lockex",
    "0123__lease__0000000001, a semaphore of kazoo or of the Python lockex",
    "0123456789abcdef0123456789abcdef, a semaphore of kazoo or of the Python lockex",
    "0123456789abcdef0123456789abcdeg,",
    "g123456789abcdef0123456789abcdef,",
    "0123456789abcdef0123456789abcde,",
    "somebody,"
  })
  void knows_them_by_their_names(String name, String library) {
    assertEquals(
        Optional.ofNullable(library).map(known -> new OtherMake(name, known)),
        OtherMake.among(List.of(name)));
  }

  @Test
  void the_first_that_is_known_is_told() {
    assertEquals("b__lock__1", OtherMake.among(List.of("a", "b__lock__1")).orElseThrow().node());
  }
}
