package org.lockex.gateway.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is sent to a page of what has changed. */
class PageContentTest {
  private static PageContent content(List<String> ids, Map<String, String> versions) {
    LinkedHashMap<String, String> rows = new LinkedHashMap<>();
    ids.forEach(id -> rows.put(id, id + versions.getOrDefault(id, "")));
    return new PageContent(false, Map.of("numbers", "1"), rows);
  }

  /** As status.js does. */
  private static PageContent applied(PageContent page, JsonNode news) {
    List<String> ids = new ArrayList<>(page.rows().keySet());
    Map<String, String> html = new LinkedHashMap<>(page.rows());
    news.path("gone").forEach(id -> ids.remove(id.asText()));
    for (JsonNode put : news.path("put")) {
      ids.remove(put.get(0).asText());
      ids.add(ids.indexOf(put.get(1).asText()) + 1, put.get(0).asText());
      html.put(put.get(0).asText(), put.get(2).asText());
    }
    LinkedHashMap<String, String> rows = new LinkedHashMap<>();
    ids.forEach(id -> rows.put(id, html.get(id)));
    return new PageContent(page.away(), page.parts(), rows);
  }

  @Test
  void a_page_to_which_the_news_are_applied_shows_what_is() {
    Random random = new Random(3);
    PageContent page = content(List.of(), Map.of());
    for (int i = 0; i < 3000; i++) {
      List<String> ids = new ArrayList<>();
      Map<String, String> versions = new LinkedHashMap<>();
      for (char c = 'a'; c < 'a' + 8; c++) {
        if (random.nextInt(3) > 0) {
          ids.add(random.nextInt(ids.size() + 1), String.valueOf(c));
          versions.put(String.valueOf(c), String.valueOf(random.nextInt(2)));
        }
      }
      PageContent now = content(ids, versions);
      page = applied(page, now.since(page));
      assertEquals(List.copyOf(now.rows().entrySet()), List.copyOf(page.rows().entrySet()));
    }
  }

  @Test
  void only_what_has_changed_is_sent() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      ids.add("row-" + i);
    }
    PageContent before = content(ids, Map.of());
    JsonNode nothing = content(ids, Map.of()).since(before);
    assertFalse(nothing.has("parts") || nothing.has("gone") || nothing.has("put"), "" + nothing);
    ids.remove("row-7");
    ids.add(100, "new");
    JsonNode news = content(ids, Map.of("row-9", "!")).since(before);
    assertEquals("[\"row-7\"]", news.path("gone").toString());
    assertEquals(
        "[[\"row-9\",\"row-8\",\"row-9!\"],[\"new\",\"row-100\",\"new\"]]",
        news.path("put").toString());
    assertFalse(news.has("parts"));
  }
}
