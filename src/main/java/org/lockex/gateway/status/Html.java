package org.lockex.gateway.status;

/** Text in HTML. */
final class Html {
  private Html() {}

  /** Any text, in an element or an attribute in quotes. */
  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  /** A number with its word. */
  static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
