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
}
