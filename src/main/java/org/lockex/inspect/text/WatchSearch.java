package org.lockex.inspect.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What somebody types behind {@code /} to see only the locks that have it. */
public final class WatchSearch {
  private static final int ESCAPE = 27;
  private static final int BACKSPACE = 127;
  private static final int CONTROL_H = 8;

  /** Nothing is looked for. */
  public WatchSearch() {}

  private byte[] typed = {};
  private boolean open;

  /**
   * A key was pressed.
   *
   * @param key its byte
   * @return whether it belongs to a search
   */
  public synchronized boolean press(int key) {
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

  /** {@return whether there is something to look for, or will be} */
  public synchronized boolean isOn() {
    return open || typed.length > 0;
  }

  /** {@return what the last line of the screen shows of it} */
  public synchronized String line() {
    return "/" + text() + (open ? "_" : "");
  }

  /**
   * {@return whether a text has what is looked for}
   *
   * @param text of what may be shown
   */
  public synchronized boolean finds(String text) {
    return text.toLowerCase(Locale.ROOT).contains(text().toLowerCase(Locale.ROOT));
  }
}
