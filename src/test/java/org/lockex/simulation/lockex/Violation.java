package org.lockex.simulation.lockex;

/** What lockex promises was not so. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  Violation(String what) {
    super(what);
  }
}
