package org.lockex.cli;

import java.util.Collection;
import java.util.Optional;

/** Which known word somebody may have meant by one that is not known. */
public final class CloseWords {
  /** At most so many characters wrong, and less than half of the word. */
  private static final int CLOSE = 2;

  private CloseWords() {}

  /**
   * The known word that a word was meant to be.
   *
   * @param word not known
   * @param known what it may be
   * @return the closest; empty if none is close
   */
  public static Optional<String> meant(String word, Collection<String> known) {
    String closest = "";
    int least = CLOSE + 1;
    for (String candidate : known) {
      int distance = distance(word, candidate);
      if (distance < least && distance * 2 < candidate.length()) {
        closest = candidate;
        least = distance;
      }
    }
    return closest.isEmpty() ? Optional.empty() : Optional.of(closest);
  }

  /** How many characters have to be put in, left out, changed, or swapped with the next one. */
  private static int distance(String one, String other) {
    int[][] rows = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        rows[i][j] = i == 0 || j == 0 ? i + j : step(one, other, rows, i, j);
      }
    }
    return rows[one.length()][other.length()];
  }

  private static int step(String one, String other, int[][] rows, int i, int j) {
    boolean same = one.charAt(i - 1) == other.charAt(j - 1);
    int changed = rows[i - 1][j - 1] + (same ? 0 : 1);
    int least = Math.min(changed, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
    boolean swapped =
        i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1);
    return swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
  }
}
