package org.lockex.gateway.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names in the order of the page. */
class CountingOrderTest {
  private final CountingOrder order = new CountingOrder();

  @Test
  void numbers_in_names_count_as_numbers() {
    List<String> sorted =
        List.of(
            "",
            "7",
            "007",
            "8",
            "10",
            "99999999999999999999",
            "100000000000000000000",
            "Backup",
            "backup",
            "job-2",
            "job-2b",
            "job-02c",
            "job-10",
            "job-10-1",
            "Job-11",
            "jobs");
    List<String> names = new ArrayList<>(sorted);
    Collections.shuffle(names, new Random(1));
    names.sort(order);
    assertTrue(names.indexOf("job-2") < names.indexOf("job-10"), names::toString);
    assertEquals(sorted.size(), names.size());
    for (int i = 0; i + 1 < sorted.size(); i++) {
      if (!sorted.get(i).equals("7")) {
        assertTrue(order.compare(sorted.get(i), sorted.get(i + 1)) < 0, sorted.get(i));
      }
    }
  }

  @Test
  void it_is_an_order_and_different_names_are_never_equal() {
    Random random = new Random(7);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      StringBuilder name = new StringBuilder();
      for (int length = random.nextInt(5); length > 0; length--) {
        name.append("0012aAb-".charAt(random.nextInt(8)));
      }
      names.add(name.toString());
    }
    for (String a : names) {
      for (String b : names) {
        int ab = order.compare(a, b);
        assertEquals(Integer.signum(ab), -Integer.signum(order.compare(b, a)), a + " " + b);
        assertEquals(a.equals(b), ab == 0, a + " " + b);
        for (String c : names) {
          if (ab < 0 && order.compare(b, c) < 0) {
            assertTrue(order.compare(a, c) < 0, a + " " + b + " " + c);
          }
        }
      }
    }
  }
}
