package org.lockex.gateway.status;

import java.util.Locale;
import java.util.stream.IntStream;
import org.lockex.gateway.lease.Series;

/** A small plot of a {@link Series}: a bar for each ten seconds. */
final class Plot {
  private static final int HEIGHT = 30;

  private Plot() {}

  /** As SVG, with the same in words for who cannot see it. */
  static String of(int[] counts, String one, String many) {
    int most = Math.max(1, IntStream.of(counts).max().orElse(1));
    StringBuilder bars = new StringBuilder();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        double height = Math.max(1, (double) counts[i] * HEIGHT / most);
        bars.append(String.format(Locale.ROOT, "M%d %dv-%.1fh.8v%.1fz", i, HEIGHT, height, height));
      }
    }
    return """
    <svg role="img" viewBox="0 0 %d %d" preserveAspectRatio="none" aria-label="%s in the last ten \
    minutes, at most %d in ten seconds"><path d="%s"/></svg>
    """
        .formatted(
            counts.length, HEIGHT, Html.count(IntStream.of(counts).sum(), one, many), most, bars);
  }
}
