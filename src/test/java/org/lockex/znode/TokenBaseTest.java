package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.znode.GoldenNodes.GoldenTokens;

/** What is added to czxids: it only grows, and a grant keeps what stood at its creation. */
class TokenBaseTest {
  private static TokenBase written(TokenBase base, long mzxid) {
    return TokenBase.read(base.bytes(), mzxid).orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("org.lockex.znode.GoldenNodes#tokens")
  void the_base_is_read_as_written_there(GoldenTokens golden) {
    Optional<TokenBase> read = TokenBase.read(golden.data(), 50);
    assertEquals(golden.base(), read.map(TokenBase::base));
  }

  @Test
  void it_is_never_lowered() {
    TokenBase base = written(TokenBase.NONE.atLeast(1000), 10);
    assertEquals(1000, base.base());
    assertSame(base, base.atLeast(1000));
    assertSame(base, base.atLeast(5));
    assertEquals(2000, base.atLeast(2000).base());
  }

  @Test
  void a_grant_keeps_the_base_of_its_creation() {
    TokenBase base = written(TokenBase.NONE.atLeast(1000), 10);
    base = written(base.atLeast(2000), 20);
    base = written(base.atLeast(3000), 30);
    assertEquals(0, base.at(9));
    assertEquals(0, base.at(10));
    assertEquals(1000, base.at(11));
    assertEquals(1000, base.at(20));
    assertEquals(2000, base.at(21));
    assertEquals(3000, base.at(31));
    for (int i = 0; i < 100; i++) {
      base = written(base.atLeast(4000 + i), 40 + i);
    }
    assertEquals(4098, base.at(139));
    assertEquals(16, base.earlier().size());
  }

  @Test
  void what_could_come_to_the_end_of_the_numbers_is_refused() {
    assertEquals(TokenBase.LARGEST, TokenBase.NONE.atLeast(TokenBase.LARGEST).base());
    for (long wrong : new long[] {0, -1, TokenBase.LARGEST + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> TokenBase.NONE.atLeast(wrong));
    }
  }
}
