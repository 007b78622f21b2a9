package org.lockex.child;

/**
 * The system refuses what a safe run needs (a guard, a timer, a process): an internal error, exit
 * code 70. The message reads {@code <what> on <what>: <why>}.
 */
public final class ChildException extends Exception {
  private static final long serialVersionUID = 1L;

  ChildException(String message) {
    super(message);
  }

  /** The message with the reason that a negative errno gives. */
  static ChildException of(String what, long negativeErrno) {
    return new ChildException(what + ": " + Libc.strerror((int) -negativeErrno));
  }

  /** The result, if it is no failure. */
  static int check(String what, int result) throws ChildException {
    if (result < 0) {
      throw of(what, result);
    }
    return result;
  }
}
