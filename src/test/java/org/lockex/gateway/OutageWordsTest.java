package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.Test;
import org.lockex.lock.session.Hosts;

/** What a server answered, or the client noticed, in words for who runs lockexd. */
class OutageWordsTest {
  private static String why(Optional<Code> refusal, boolean silent, Optional<String> noticed) {
    return new OutageWords(Hosts.parse("zk1:2181"), "/lockex", true, () -> noticed)
        .why(refusal, silent);
  }

  @Test
  void each_refusal_has_its_words() {
    assertEquals(
        "cannot use ZooKeeper on zk1:2181: the server is too old, 3.6 or later is needed",
        why(Optional.of(Code.UNIMPLEMENTED), false, Optional.empty()));
    assertEquals(
        "cannot use ZooKeeper on zk1:2181: the quota of /lockex is exceeded",
        why(Optional.of(Code.QUOTAEXCEEDED), false, Optional.empty()));
    Map.of(
            Code.NOAUTH, "ZooKeeper does not authorise us",
            Code.AUTHFAILED, "ZooKeeper refused our login",
            Code.INVALIDACL, "ZooKeeper does not take the access list (--zk-acl)")
        .forEach((code, words) -> {
          assertTrue(OutageWords.isOfRights(code));
          assertEquals(
              "cannot use the lock path /lockex: " + words,
              why(Optional.of(code), false, Optional.empty()));
        });
  }

  @Test
  void what_the_client_noticed_comes_before_asking_around() {
    assertEquals(
        "cannot reach ZooKeeper on zk1:2181: the server refused the login",
        why(Optional.empty(), false, Optional.of("the server refused the login")));
    assertEquals(
        "cannot reach ZooKeeper on zk1:2181: it is connected, but does not answer",
        why(Optional.empty(), true, Optional.empty()));
  }
}
