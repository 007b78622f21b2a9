package org.lockex.lock.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceReasonTest {
  private static String joined(String... reasons) {
    List<Hosts.Server> servers = Hosts.parse("zk1,zk2,zk3").servers();
    return SilenceReason.joined(servers, List.of(reasons));
  }

  @Test
  void what_all_have_in_common_is_said_once() {
    assertEquals("connection refused", joined("connection refused", "connection refused"));
    assertEquals("no quorum", joined("no quorum"));
  }

  @Test
  void what_each_has_of_its_own_follows_its_name() {
    assertEquals(
        "zk1:2181: no quorum; zk2:2181: no quorum; zk3:2181: connection refused",
        joined("no quorum", "no quorum", "connection refused"));
  }

  @Test
  void what_a_server_answers_has_its_meaning() {
    assertEquals(
        "no quorum",
        SilenceReason.meaning("This ZooKeeper instance is not currently serving requests\n"));
    assertEquals(
        "the server is read-only, it has no quorum",
        SilenceReason.meaning("Zookeeper version: 3.9.4-1, built on x\nMode: read-only\n"));
    assertEquals(
        "it answers, but there is no session yet",
        SilenceReason.meaning("Zookeeper version: 3.9.4-1, built on x\nMode: leader\n"));
    assertEquals("", SilenceReason.meaning("HTTP/1.1 400 Bad Request\n"));
  }
}
