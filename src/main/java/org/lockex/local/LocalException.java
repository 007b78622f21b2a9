package org.lockex.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** The embedded server cannot be used; the message is one clause for the user. */
public final class LocalException extends Exception {
  private static final long serialVersionUID = 1;

  LocalException(String message) {
    super(message);
  }

  static LocalException of(String what, StateFolder folder, IOException cause) {
    String reason =
        switch (cause) {
          case AccessDeniedException denied -> denied.getFile() + ": permission denied";
          case FileSystemException failed when failed.getReason() != null ->
              failed.getFile() + ": " + failed.getReason();
          default -> String.valueOf(cause.getMessage());
        };
    LocalException e = new LocalException(what + " on " + folder.path() + ": " + reason);
    e.initCause(cause);
    return e;
  }
}
