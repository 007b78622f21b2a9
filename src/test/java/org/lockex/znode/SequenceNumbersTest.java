package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lockex.fixture.CountedZooKeeper;

class SequenceNumbersTest {
  private static final String UUID = "_c_6c4f1b2a-0000-4000-8000-0123456789ab-";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "lock-0000000000, 0",
    "lock-2147483647, 2147483647",
    "lock--2147483648, -1",
    "lock--2147483000, -1",
    "lock--000000005, -1",
    "lock-9999999999, -1",
    "lease-0000000012, 12",
    "0000000007, 7",
    "-0000000007, 7",
    "--0000000007, -1",
    "lock-2147483648, -1",
    "lock-000000000/, -1",
    "lock-000000000:, -1",
    "lock-, -1",
    "somebody, -1",
    "7, -1"
  })
  void reads_the_number_of_a_name(String name, long number) {
    assertEquals(number, SequenceNumbers.of(name));
    if (name.startsWith("l")) {
      assertEquals(number, SequenceNumbers.of(UUID + name));
    }
  }

  @Test
  void the_last_number_is_nobody_s_own() {
    assertTrue(SequenceNumbers.isUnique(UUID + "lock-2147483646"));
    assertFalse(SequenceNumbers.isUnique(UUID + "lock-2147483647"));
    assertFalse(SequenceNumbers.isUnique(UUID + "lock--2147483648"));
    assertFalse(SequenceNumbers.isUnique("lock"));
  }

  @Test
  void counts_as_the_server_does_to_the_end() throws Exception {
    try (CountedZooKeeper server = new CountedZooKeeper(folder);
        ZooKeeper client = new ZooKeeper(server.hosts(), 10_000, event -> {})) {
      client.create("/a", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      String first = next(client);
      next(client);
      client.delete(first, -1);
      for (int start : new int[] {2, 5, 1 << 30, (1 << 30) + 1, Integer.MAX_VALUE - 2}) {
        server.count("/a", start);
        assertEquals(start, SequenceNumbers.given(stat(client)));
        assertEquals(start, SequenceNumbers.of(next(client)));
        client.delete(next(client), -1);
        assertEquals(start + 2L, SequenceNumbers.given(stat(client)));
      }
      String end = next(client);
      assertEquals(SequenceNumbers.END, SequenceNumbers.of(end));
      assertFalse(SequenceNumbers.isUnique(end));
      assertTrue(SequenceNumbers.given(stat(client)) >= SequenceNumbers.VERY_END);
    }
  }

  private static String next(ZooKeeper client) throws Exception {
    return client.create(
        "/a/" + UUID + "lock-",
        new byte[0],
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.PERSISTENT_SEQUENTIAL);
  }

  private static Stat stat(ZooKeeper client) throws Exception {
    return client.exists("/a", false);
  }
}
