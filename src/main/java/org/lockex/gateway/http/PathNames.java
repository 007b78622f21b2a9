package org.lockex.gateway.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Names in paths: percent-encoded UTF-8 (RFC 3986), strictly. */
public final class PathNames {
  private static final String PLAIN = "-._~!$&'()*+,=:@";
  private static final int HEX = 16;

  private PathNames() {}

  /**
   * {@return the decoded elements of {@code /a/b/c}; empty if one of them is not UTF-8}
   *
   * @param path an absolute path, percent-encoded
   */
  public static Optional<List<String>> elements(String path) {
    return elements(path, true);
  }

  /**
   * {@return one element, decoded; empty if it is no percent-encoded UTF-8}
   *
   * @param element one element, percent-encoded
   */
  public static Optional<String> decode(String element) {
    return decode(element, true);
  }

  /**
   * {@return the decoded elements of {@code /a/b/c} in a line of Lock::Server, where a percent sign
   * without two hex digits behind it is itself; empty if one of them is not UTF-8}
   *
   * @param path an absolute path
   */
  public static Optional<List<String>> elementsOfLine(String path) {
    return elements(path, false);
  }

  private static Optional<List<String>> elements(String path, boolean strict) {
    List<String> names = new ArrayList<>();
    for (String element : path.substring(1).split("/", -1)) {
      Optional<String> name = decode(element, strict);
      if (name.isEmpty()) {
        return Optional.empty();
      }
      names.add(name.get());
    }
    return Optional.of(names);
  }

  private static Optional<String> decode(String element, boolean strict) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(element.length());
    int at = 0;
    while (at < element.length()) {
      boolean percent = element.charAt(at) == '%';
      if (percent && isHexDigit(element, at + 1) && isHexDigit(element, at + 2)) {
        bytes.write(HexFormat.fromHexDigits(element, at + 1, at + 3));
        at += 3;
      } else if (percent && strict) {
        return Optional.empty();
      } else {
        int next = element.offsetByCodePoints(at, 1);
        bytes.writeBytes(element.substring(at, next).getBytes(StandardCharsets.UTF_8));
        at = next;
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isHexDigit(String text, int at) {
    return at < text.length() && HexFormat.isHexDigit(text.charAt(at));
  }

  /**
   * {@return a name as one element of a path}
   *
   * @param name any text
   */
  public static String encode(String name) {
    StringBuilder path = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
        path.append(c);
      } else {
        path.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, HEX)))
            .append(Character.toUpperCase(Character.forDigit(c & 0xf, HEX)));
      }
    }
    return path.toString();
  }
}
