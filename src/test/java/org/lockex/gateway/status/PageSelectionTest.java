package org.lockex.gateway.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.znode.LockId;

/** Which locks are on which page. */
class PageSelectionTest {
  private static List<String> names(int many) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= many; i++) {
      names.add("job-" + i);
    }
    Collections.shuffle(names, new Random(5));
    return names;
  }

  @Test
  void page_by_page_every_lock_is_seen_once_and_in_order_and_back_again() {
    List<String> names = names(1234);
    List<String> seen = new ArrayList<>();
    Optional<String> from = Optional.of("");
    Optional<String> last = from;
    while (from.isPresent()) {
      PageSelection.Page page = PageSelection.page(names, from.get());
      assertEquals(seen.size(), page.before());
      assertEquals(1234, page.found());
      seen.addAll(page.names());
      last = from;
      from = page.later();
    }
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= 1234; i++) {
      all.add("job-" + i);
    }
    assertEquals(all, seen);
    int back = 0;
    while (PageSelection.page(names, last.orElseThrow()).earlier().isPresent()) {
      last = PageSelection.page(names, last.orElseThrow()).earlier();
      back++;
    }
    assertEquals(12, back);
    assertEquals("", last.orElseThrow());
  }

  @Test
  void locks_that_go_from_a_page_hide_none_of_the_next() {
    List<String> names = names(250);
    String later = PageSelection.page(names, "").later().orElseThrow();
    assertEquals("job-101", later);
    names.removeAll(List.of("job-3", "job-50", "job-101"));
    PageSelection.Page next = PageSelection.page(names, later);
    assertEquals("job-102", next.names().getFirst());
    assertEquals(98, next.before());
  }

  private static LeaseView view(boolean active, String title, Duration ago) {
    return new LeaseView(
        LockId.of("nightly"),
        "u",
        active,
        "web1",
        "anna",
        title,
        "rdlm",
        Optional.empty(),
        Duration.ZERO,
        Duration.ZERO,
        Instant.now().minus(ago),
        Optional.empty(),
        1);
  }

  private static boolean takes(String query, LeaseView... contenders) {
    return PageQuery.of(query).takes(List.of(contenders), Instant.now());
  }

  @Test
  void locks_are_found_by_name_and_people_and_by_kind() {
    LeaseView holder = view(true, "Report", Duration.ofMinutes(59));
    LeaseView waiter = view(false, "other", Duration.ofSeconds(1));
    for (String found :
        List.of("", "q=NIGHT", "q=report", "q=Anna", "q=web", "show=held", "q=+night+&show=held")) {
      assertTrue(takes(found, holder), found);
    }
    for (String not : List.of("q=daily", "show=waiting", "show=long", "q=nightly&show=waiting")) {
      assertFalse(takes(not, holder), not);
    }
    assertTrue(takes("show=waiting", holder, waiter));
    assertTrue(takes("q=other&show=waiting", holder, waiter));
    assertFalse(takes("show=held", waiter));
    assertTrue(takes("show=long", view(true, "x", Duration.ofMinutes(61))));
    assertTrue(takes("show=long", holder, view(false, "x", Duration.ofMinutes(61))));
  }

  @Test
  void a_link_leads_to_the_same_page_and_nonsense_to_all_locks() {
    PageQuery query =
        new PageQuery(
            "a&b=c +\u00e9\"<", PageQuery.LockKind.LONG, "x/y?#%", LockId.ifValid("l%2F"), 200);
    String link = query.link();
    assertEquals(query, PageQuery.of(link.substring(link.indexOf('?') + 1)));
    assertEquals("./", PageQuery.ALL.link());
    for (String text :
        List.of(
            "",
            "q",
            "at=x",
            "at=-1",
            "at=99999999",
            "show=none",
            "q=%zz",
            "lock=a%2Fb",
            "//evil.example")) {
      assertEquals(PageQuery.ALL, PageQuery.of(text), text);
    }
  }
}
