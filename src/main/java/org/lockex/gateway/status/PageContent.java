package org.lockex.gateway.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What a reader sees, in pieces that change by themselves.
 *
 * @param away whether ZooKeeper is away, so that all of it may be old
 * @param parts the HTML within the elements with these ids
 * @param rows the rows of the table in their order, by id
 */
record PageContent(boolean away, Map<String, String> parts, SequencedMap<String, String> rows) {
  /** What a page has before its first event. */
  static final PageContent NOTHING = new PageContent(false, Map.of(), new LinkedHashMap<>());

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * What to do to a page that shows {@code before} so that it shows this: {@code parts} to set,
   * rows that are {@code gone}, and then rows to {@code put}, each with its id, that of the row
   * before it (empty: the first) and its HTML.
   */
  ObjectNode since(PageContent before) {
    ObjectNode news = JSON.createObjectNode();
    news.put("away", away);
    ObjectNode changed = JSON.createObjectNode();
    parts.forEach((id, html) -> {
      if (!html.equals(before.parts.get(id))) {
        changed.put(id, html);
      }
    });
    setIfAny(news, "parts", changed);
    Set<String> stay = staying(before);
    ArrayNode gone = JSON.createArrayNode();
    before.rows.keySet().stream().filter(id -> !stay.contains(id)).forEach(gone::add);
    setIfAny(news, "gone", gone);
    ArrayNode put = JSON.createArrayNode();
    String last = "";
    for (Map.Entry<String, String> row : rows.entrySet()) {
      if (!stay.contains(row.getKey()) || !row.getValue().equals(before.rows.get(row.getKey()))) {
        put.addArray().add(row.getKey()).add(last).add(row.getValue());
      }
      last = row.getKey();
    }
    setIfAny(news, "put", put);
    return news;
  }

  private static void setIfAny(ObjectNode news, String name, JsonNode value) {
    if (!value.isEmpty()) {
      news.set(name, value);
    }
  }

  /** Rows that need not move: a sequence that stands in the same order in both. */
  private Set<String> staying(PageContent before) {
    List<String> old = new ArrayList<>(before.rows.keySet());
    old.retainAll(rows.keySet());
    Set<String> moved = new HashSet<>();
    Set<String> stay = new HashSet<>();
    int at = 0;
    for (String id : rows.keySet()) {
      while (at < old.size() && moved.contains(old.get(at))) {
        at++;
      }
      if (at < old.size() && old.get(at).equals(id)) {
        stay.add(id);
        at++;
      } else {
        moved.add(id);
      }
    }
    return stay;
  }
}
