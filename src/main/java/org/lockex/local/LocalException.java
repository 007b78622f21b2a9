package org.lockex.local;

import java.io.IOException;
import org.lockex.cli.FileWords;

/** The embedded server cannot be used; the message is one clause for the user. */
public final class LocalException extends Exception {
  private static final long serialVersionUID = 1;

  LocalException(String message) {
    super(message);
  }

  static LocalException of(String what, StateFolder folder, IOException cause) {
    LocalException e =
        new LocalException(
            what + " on " + folder.path() + ": " + FileWords.of(folder.path(), cause));
    e.initCause(cause);
    return e;
  }
}
