package org.lockex.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened, for people; nothing is kept unless somebody wants to read it. */
final class Trace {
  private final VirtualTime time;
  private final boolean kept;
  private final List<String> lines = new ArrayList<>();

  Trace(VirtualTime time, boolean kept) {
    this.time = time;
    this.kept = kept;
  }

  void say(Object who, Supplier<String> what) {
    if (kept) {
      double seconds = (double) time.now() / VirtualTime.SECOND;
      lines.add(String.format(Locale.ROOT, "%11.6f  %-5s %s", seconds, who, what.get()));
    }
  }

  List<String> lines() {
    return lines;
  }
}
