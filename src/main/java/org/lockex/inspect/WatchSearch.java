package org.lockex.inspect;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What somebody types behind {@code /} to see only the locks that have it. */
final class WatchSearch {
  private static final int ESCAPE = 27;
  private static final int BACKSPACE = 127;
  private static final int CONTROL_H = 8;

  private byte[] typed = {};
  private boolean open;

  /**
   * A key was pressed.
   *
   * @return whether it belongs to a search
   */
  synchronized boolean press(int key) {
    if (!open) {
      open = key == '/';
      if (open || key == ESCAPE) {
        typed = new byte[0];
      }
      return open || key == ESCAPE;
    }
    if (key == '\n' || key == '\r') {
      open = false;
    } else if (key == ESCAPE) {
      open = false;
      typed = new byte[0];
    } else if (key == BACKSPACE || key == CONTROL_H) {
      String text = text();
      typed =
          text.substring(0, text.isEmpty() ? 0 : text.offsetByCodePoints(text.length(), -1))
              .getBytes(StandardCharsets.UTF_8);
    } else if (key >= ' ') {
      ByteArrayOutputStream longer = new ByteArrayOutputStream();
      longer.writeBytes(typed);
      longer.write(key);
      typed = longer.toByteArray();
    }
    return true;
  }

  private String text() {
    return new String(typed, StandardCharsets.UTF_8);
  }

  /** Whether there is something to look for, or will be. */
  synchronized boolean isOn() {
    return open || typed.length > 0;
  }

  /** What the last line of the screen shows of it. */
  synchronized String line() {
    return "/" + text() + (open ? "_" : "");
  }

  /** Whether a lock's name, or a holder's command, place or user, has what is looked for. */
  synchronized boolean finds(LockState lock) {
    String wanted = text().toLowerCase(Locale.ROOT);
    return wanted.isEmpty()
        || has(lock.id(), wanted)
        || lock.holders().stream()
            .anyMatch(who -> has(Words.who(who), wanted) || has(who.command(), wanted));
  }

  private static boolean has(String text, String wanted) {
    return text.toLowerCase(Locale.ROOT).contains(wanted);
  }
}
