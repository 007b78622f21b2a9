package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One JSON object (RFC 8259), read from a node without a library, which would cost a start more
 * than the reading.
 *
 * @param members strings as String, numbers as their text in a {@link Number}, objects as
 *     JsonObject, arrays as List, true and false as Boolean; null is left out
 */
public record JsonObject(Map<String, Object> members) {
  private static final int DEEPEST = 32;

  /** Doubles are exact up to here. */
  private static final double EXACT = 1L << 53;

  /** Stands for null until it is left out. */
  private static final Object NULL = new Object();

  /**
   * Reads a node's data; empty if it is anything else than one JSON object.
   *
   * @param data a node's data as it was read, possibly empty
   * @return the object, or empty
   */
  public static Optional<JsonObject> parse(byte[] data) {
    if (data.length == 0) {
      return Optional.empty();
    }
    try {
      Parser reader = new Parser(new String(data, UTF_8));
      JsonObject object = reader.object(0);
      return reader.atEnd() ? Optional.of(object) : Optional.empty();
    } catch (BadJson | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * A string member; empty if there is none of that name and kind.
   *
   * @param name the name of the member
   * @return its value
   */
  public Optional<String> text(String name) {
    return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /**
   * A whole number that fits into a long; empty if there is none of that name and kind. {@code 3.0}
   * and {@code 3e0} are 3, as for every reader of JSON.
   *
   * @param name the name of the member
   * @return its value
   */
  public Optional<Long> number(String name) {
    if (members.get(name) instanceof Long number) {
      return Optional.of(number);
    }
    return members.get(name) instanceof Double number
            && number == Math.rint(number)
            && Math.abs(number) <= EXACT
        ? Optional.of(number.longValue())
        : Optional.empty();
  }

  /**
   * An object member; empty if there is none of that name and kind.
   *
   * @param name the name of the member
   * @return its value
   */
  public Optional<JsonObject> object(String name) {
    return members.get(name) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
  }

  /**
   * The objects in an array member, in its order; none if there is no array of that name.
   *
   * @param name the name of the member
   * @return its elements that are objects
   */
  public List<JsonObject> objects(String name) {
    List<JsonObject> objects = new ArrayList<>();
    if (members.get(name) instanceof List<?> elements) {
      for (Object element : elements) {
        if (element instanceof JsonObject object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  private static final class BadJson extends Exception {
    private static final long serialVersionUID = 1;
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    JsonObject object(int depth) throws BadJson {
      Map<String, Object> members = new LinkedHashMap<>();
      expect('{');
      if (!next('}')) {
        do {
          String name = string();
          expect(':');
          Object value = value(depth + 1);
          if (!value.equals(NULL)) {
            members.put(name, value);
          }
        } while (next(','));
        expect('}');
      }
      return new JsonObject(members);
    }

    private Object value(int depth) throws BadJson {
      blanks();
      if (depth > DEEPEST || at == text.length()) {
        throw new BadJson();
      }
      return switch (text.charAt(at)) {
        case '{' -> object(depth);
        case '[' -> array(depth);
        case '"' -> string();
        case 't' -> {
          word("true");
          yield true;
        }
        case 'f' -> {
          word("false");
          yield false;
        }
        case 'n' -> {
          word("null");
          yield NULL;
        }
        default -> number();
      };
    }

    private List<Object> array(int depth) throws BadJson {
      List<Object> elements = new ArrayList<>();
      expect('[');
      if (!next(']')) {
        do {
          elements.add(value(depth + 1));
        } while (next(','));
        expect(']');
      }
      return elements;
    }

    private void word(String word) throws BadJson {
      if (!text.startsWith(word, at)) {
        throw new BadJson();
      }
      at += word.length();
    }

    private Object number() throws BadJson {
      int start = at;
      while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      String digits = text.substring(start, at);
      if (digits.isEmpty()) {
        throw new BadJson();
      }
      if (isWhole(digits)) {
        try {
          return Long.valueOf(digits);
        } catch (NumberFormatException e) {
          // Too large for a long, or no number at all: the next line tells.
        }
      }
      return Double.valueOf(digits);
    }

    private static boolean isWhole(String digits) {
      for (int i = 0; i < digits.length(); i++) {
        char c = digits.charAt(i);
        if (c != '-' && (c < '0' || c > '9')) {
          return false;
        }
      }
      return true;
    }

    private String string() throws BadJson {
      expect('"');
      StringBuilder value = new StringBuilder();
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c == '"') {
          return value.toString();
        }
        value.append(c == '\\' ? escaped() : c);
      }
      throw new BadJson();
    }

    private char escaped() throws BadJson {
      if (at == text.length()) {
        throw new BadJson();
      }
      char c = text.charAt(at++);
      return switch (c) {
        case '"', '\\', '/' -> c;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> {
          if (at + 4 > text.length()) {
            throw new BadJson();
          }
          at += 4;
          yield (char) Integer.parseInt(text, at - 4, at, 16);
        }
        default -> throw new BadJson();
      };
    }

    private void expect(char c) throws BadJson {
      if (!next(c)) {
        throw new BadJson();
      }
    }

    private boolean next(char c) {
      blanks();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void blanks() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    boolean atEnd() {
      blanks();
      return at == text.length();
    }
  }
}
