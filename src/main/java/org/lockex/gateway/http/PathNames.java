package org.lockex.gateway.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    List<String> names = new ArrayList<>();
    for (String element : path.substring(1).split("/", -1)) {
      Optional<String> name = decode(element);
      if (name.isEmpty()) {
        return Optional.empty();
      }
      names.add(name.get());
    }
    return Optional.of(names);
  }

  /**
   * {@return one element, decoded; empty if it is no percent-encoded UTF-8}
   *
   * @param element one element, percent-encoded
   */
  public static Optional<String> decode(String element) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(element.length());
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (c == '%') {
        int high = i + 1 < element.length() ? Character.digit(element.charAt(i + 1), HEX) : -1;
        int low = i + 2 < element.length() ? Character.digit(element.charAt(i + 2), HEX) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.write(high * HEX + low);
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
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
