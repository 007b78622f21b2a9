package org.lockex.inspect.text;

import java.util.ArrayList;
import java.util.List;

/** Columns for people; no character of a cell moves the cursor. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param headings of its columns
   */
  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column; an empty one is shown as a dash
   */
  public void row(String... cells) {
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
    return cell.codePoints().map(Table::width).sum();
  }

  /** Columns of a terminal: none for marks on other characters, two for wide ones (UAX 11). */
  private static int width(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(character) ? 2 : 1;
    };
  }

  private static boolean isWide(int c) {
    return (c >= 0x1100 && c <= 0x115f)
        || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f)
        || (c >= 0xa960 && c <= 0xa97f)
        || (c >= 0xac00 && c <= 0xd7a3)
        || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0xfe30 && c <= 0xfe6f)
        || (c >= 0xff00 && c <= 0xff60)
        || (c >= 0xffe0 && c <= 0xffe6)
        || (c >= 0x1f300 && c <= 0x1f64f)
        || (c >= 0x1f900 && c <= 0x1f9ff)
        || (c >= 0x20000 && c <= 0x3fffd);
  }

  /**
   * Control characters as escapes.
   *
   * @param text any text
   * @return what can be printed on a terminal
   */
  public static String printable(String text) {
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

  /**
   * The beginning of a text that is wider than so many columns.
   *
   * @param text any text
   * @param most how many columns there are
   * @return the text, or its beginning and an ellipsis
   */
  public static String cut(String text, int most) {
    if (width(text) <= most) {
      return text;
    }
    StringBuilder beginning = new StringBuilder();
    int left = most - 1;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      left -= width(text.codePointAt(i));
      if (left < 0) {
        break;
      }
      beginning.appendCodePoint(text.codePointAt(i));
    }
    return beginning.append('…').toString();
  }
}
