package org.lockex;

/** Runs a command under a distributed lock. */
public final class Lockex {
  private Lockex() {}

  public static void main(String[] args) {
    System.err.println("lockex: not yet");
  }
}
