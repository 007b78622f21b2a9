package org.lockex.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAclTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "world:anyone:r",
        "x509:CN=host,O=Example Inc,C=DE:cdrwa",
        "sasl:lockex/host.example@EXAMPLE:crw",
        "ip:2001:db8::1/64:r",
        "digest:me:base64+/=:a",
        "auth::cdrwa"
      })
  void an_entry_is_read_and_written_alike(String text) {
    assertEquals(text, NodeAcl.text(NodeAcl.parse(List.of(text)).entries().getFirst()));
  }

  @ParameterizedTest
  @CsvSource({
    "everybody, 'open, creator or SCHEME:ID:PERMS: everybody'",
    "world:anyone, 'open, creator or SCHEME:ID:PERMS: world:anyone'",
    "world:anyone:rx, rights are letters of cdrwa after the last colon: world:anyone:rx",
    "world:anyone:, gives no rights: world:anyone:",
  })
  void what_is_none_is_refused(String text, String why) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> NodeAcl.parse(List.of(text)));
    assertEquals(why, e.getMessage());
  }

  @Test
  void only_who_lets_everybody_delete_is_open() {
    assertTrue(NodeAcl.isOpen(NodeAcl.OPEN.entries()));
    assertTrue(NodeAcl.isOpen(NodeAcl.parse(List.of("creator", "world:anyone:d")).entries()));
    assertFalse(NodeAcl.isOpen(NodeAcl.parse(List.of("creator", "world:anyone:rcw")).entries()));
  }

  @Test
  void zookeeper_may_ask_for_nulls() {
    assertFalse(NodeAcl.parse(List.of("creator")).entries().contains(null));
  }

  @Test
  void the_creator_is_named_by_the_scheme_auth() {
    assertTrue(NodeAcl.CREATOR.namesCreator());
    assertFalse(NodeAcl.OPEN.namesCreator());
  }
}
