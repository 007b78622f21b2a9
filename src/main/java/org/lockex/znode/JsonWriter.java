package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Writes one JSON object (RFC 8259), its members in the order of the calls, without a library:
 * loading one would cost a start more than the lock does.
 */
public final class JsonWriter {
  private static final char REPLACEMENT = '\ufffd';

  private final StringBuilder json = new StringBuilder(256).append('{');

  /** Begins an object without members. */
  public JsonWriter() {}

  /**
   * A string in JSON, with its quotes.
   *
   * @param value any text
   * @return the string in JSON
   */
  public static String quoted(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2);
    string(out, value);
    return out.toString();
  }

  /**
   * Adds a string. A lone surrogate, which UTF-8 cannot carry, is replaced by U+FFFD.
   *
   * @param name the name of the member
   * @param value its value
   * @return this
   */
  public JsonWriter text(String name, String value) {
    member(name);
    string(json, value);
    return this;
  }

  /**
   * Adds a whole number.
   *
   * @param name the name of the member
   * @param value its value
   * @return this
   */
  public JsonWriter number(String name, long value) {
    member(name).append(value);
    return this;
  }

  /**
   * Adds true or false.
   *
   * @param name the name of the member
   * @param value its value
   * @return this
   */
  public JsonWriter truth(String name, boolean value) {
    member(name).append(value);
    return this;
  }

  /**
   * Adds an object.
   *
   * @param name the name of the member
   * @param value its value
   * @return this
   */
  public JsonWriter object(String name, JsonWriter value) {
    member(name).append(value);
    return this;
  }

  /**
   * Adds an array of objects.
   *
   * @param name the name of the member
   * @param values its elements
   * @return this
   */
  public JsonWriter array(String name, List<JsonWriter> values) {
    member(name).append('[');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        json.append(',');
      }
      json.append(values.get(i));
    }
    json.append(']');
    return this;
  }

  /** The object as text; more members may be added afterwards. */
  @Override
  public String toString() {
    return json + "}";
  }

  /** {@return the object in UTF-8, as it stands in a node} */
  public byte[] bytes() {
    return toString().getBytes(UTF_8);
  }

  private StringBuilder member(String name) {
    if (json.length() > 1) {
      json.append(',');
    }
    string(json, name);
    return json.append(':');
  }

  private static void string(StringBuilder out, String value) {
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
