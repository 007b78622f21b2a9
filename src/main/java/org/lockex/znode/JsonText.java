package org.lockex.znode;

/** Writes JSON (RFC 8259) without a library, which would cost a start more than the lock. */
public final class JsonText {
  private static final char REPLACEMENT = '\ufffd';

  private JsonText() {}

  /** Appends a string with its quotes. A lone surrogate, which UTF-8 cannot carry, is replaced. */
  public static void string(StringBuilder out, String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || (c >= '\u007f' && c <= '\u009f')) {
            // DEL and the C1 controls need no escape, but people read this on terminals.
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else if (!Character.isSurrogate(c)) {
            out.append(c);
          } else if (i + 1 < value.length() && Character.isSurrogatePair(c, value.charAt(i + 1))) {
            out.append(c).append(value.charAt(++i));
          } else {
            out.append(REPLACEMENT);
          }
        }
      }
    }
    out.append('"');
  }
}
