package org.lockex.local;

import java.io.IOException;
import java.nio.file.Path;
import org.lockex.cli.FileWords;

/** The embedded server cannot be used; the message is one clause for the user. */
public final class LocalException extends Exception {
  private static final long serialVersionUID = 1;

  LocalException(String message) {
    super(message);
  }

  static LocalException of(String what, StateFolder folder, IOException cause) {
    return of(what + " on " + folder.path(), folder.path(), cause);
  }

  static LocalException of(String what, Path file, IOException cause) {
    LocalException e = new LocalException(what + ": " + FileWords.of(file, cause));
    e.initCause(cause);
    return e;
  }
}
