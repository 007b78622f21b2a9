package org.lockex.gateway.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first line of a connection, which tells whether its client speaks HTTP or, where no version
 * ends the line, Lock::Server's language. Nothing is decided before the line is whole: the half of
 * a name is another name.
 */
final class FirstLine {
  /** How much more than its limit is kept: HTTP has an answer to lines that are too long. */
  static final int SURPLUS = 1024;

  /** After so many bytes without an end nobody is answered. */
  private static final int LONGEST = 1 << 20;

  private static final int LONGEST_VERSION = 64;
  private static final Pattern VERSION = Pattern.compile("HTTP/\\d+(?:\\.\\d+)?");
  private static final Pattern GET = Pattern.compile("GET (/[^\\p{Cntrl}]*)");

  /** The first byte of TLS (RFC 8446, section 5.1), which has no lines. */
  private static final byte TLS_HANDSHAKE = 22;

  /** What a line is. */
  sealed interface LineKind {
    /** It is not whole yet. */
    record Unfinished() implements LineKind {}

    /**
     * It is a request of HTTP.
     *
     * @param bytes the line and all that came behind it; of a line that is too long, as much as
     *     shows that it is
     */
    record Http(ByteBuffer bytes) implements LineKind {}

    /**
     * It is a GET without a version.
     *
     * @param target all that stands behind GET and its blank
     */
    record Bare(String target) implements LineKind {}

    /** It is nothing that could be answered. */
    record Hopeless() implements LineKind {}
  }

  private final int limit;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder end = new StringBuilder();
  private int received;

  /** A line of at most {@code limit} bytes. */
  FirstLine(int limit) {
    this.limit = limit;
  }

  /** Takes what came next, all of it. */
  LineKind add(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      received++;
      if (received > LONGEST || (received == 1 && b == TLS_HANDSHAKE)) {
        return new LineKind.Hopeless();
      }
      if (b != '\n') {
        keep(b);
      } else if (end.toString().equals("\r") || end.isEmpty()) {
        // Empty lines before the first are skipped (RFC 9112, section 2.2).
        line.reset();
        end.setLength(0);
      } else {
        keep(b);
        return kind(bytes);
      }
    }
    return new LineKind.Unfinished();
  }

  private void keep(byte b) {
    if (line.size() < limit + SURPLUS) {
      line.write(b);
    }
    end.append((char) (b & 0xff));
    if (end.length() > 2 * LONGEST_VERSION) {
      end.delete(0, LONGEST_VERSION);
    }
  }

  private LineKind kind(ByteBuffer rest) {
    String last = trimmed(end.toString());
    last = last.substring(Math.max(last.lastIndexOf(' '), last.lastIndexOf('\t')) + 1);
    boolean versioned = VERSION.matcher(last).matches();
    // Version 0.9 is the one that no line names, but some do (RFC 1945, section 3.1).
    if (versioned && !last.equals("HTTP/0.9")) {
      ByteBuffer all = ByteBuffer.allocate(line.size() + rest.remaining());
      return new LineKind.Http(all.put(line.toByteArray()).put(rest).flip());
    }
    return line.size() > limit ? new LineKind.Hopeless() : bare(versioned ? last : "");
  }

  /** Without the white space of ASCII behind it: a control character is part of a word. */
  private static String trimmed(String text) {
    int end = text.length();
    while (end > 0 && " \t\n\f\r\013".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }

  private LineKind bare(String version) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(line.toByteArray()))
              .toString();
      text = text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
      if (!version.isEmpty()) {
        text = trimmed(text.substring(0, text.lastIndexOf(version)));
      }
      Matcher get = GET.matcher(text);
      return get.matches() ? new LineKind.Bare(get.group(1)) : new LineKind.Hopeless();
    } catch (CharacterCodingException e) {
      return new LineKind.Hopeless();
    }
  }
}
