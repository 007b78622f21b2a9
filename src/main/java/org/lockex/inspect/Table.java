package org.lockex.inspect;

import java.util.ArrayList;
import java.util.List;

/** Columns for people; no character of a cell moves the cursor. */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  void row(String... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (String cell : cells) {
      row.add(cell.isEmpty() ? "-" : printable(cell));
    }
    rows.add(row);
  }

  /** The table with a line feed after each row; the last column is not padded. */
  @Override
  public String toString() {
    int last = rows.getFirst().size() - 1;
    int[] widths = new int[last];
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        String cell = row.get(i);
        text.append(cell).repeat(' ', widths[i] - width(cell)).append(GAP);
      }
      text.append(row.get(last)).append('\n');
    }
    return text.toString();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  /** Control characters as escapes. */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
        safe.append("\\x").append(Character.forDigit(c >> 4, 16));
        safe.append(Character.forDigit(c & 15, 16));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  /** The beginning of a text that is too long. */
  static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
