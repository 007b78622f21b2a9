package org.lockex.simulation.jvm;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/** What happened last, and a number that tells whether two runs were the same. */
public final class Trace {
  private static final int MOST = 400;

  private final ArrayDeque<String> last = new ArrayDeque<>();
  private final boolean verbose;
  private long digest = 17;

  Trace(boolean verbose) {
    this.verbose = verbose;
  }

  void add(long now, String what) {
    String line = String.format(Locale.ROOT, "%10.4f %s", now / 1e9, what);
    digest = 31 * digest + line.hashCode();
    last.add(line);
    if (last.size() > MOST) {
      last.remove();
    }
    if (verbose) {
      System.out.println(line);
    }
  }

  /** The newest lines, the oldest of them first. */
  public List<String> last() {
    return List.copyOf(last);
  }

  /** Equal where all lines are. */
  public long digest() {
    return digest;
  }
}
