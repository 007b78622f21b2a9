package org.lockex.gateway.status;

import java.util.Comparator;

/** Names as people count: job-2 before job-10. */
final class CountingOrder implements Comparator<String> {
  @Override
  public int compare(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() && j < other.length()) {
      boolean digits = isDigit(one, i) && isDigit(other, j);
      int endOfOne = digits ? endOfNumber(one, i) : i + 1;
      int endOfOther = digits ? endOfNumber(other, j) : j + 1;
      int order =
          digits
              ? compareNumbers(one, i, endOfOne, other, j, endOfOther)
              : Character.compare(
                  Character.toLowerCase(one.charAt(i)), Character.toLowerCase(other.charAt(j)));
      if (order != 0) {
        return order;
      }
      i = endOfOne;
      j = endOfOther;
    }
    int order = Integer.compare(one.length() - i, other.length() - j);
    // Never equal where the names are not: Job-02 and job-2.
    return order != 0 ? order : one.compareTo(other);
  }

  private static boolean isDigit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static int endOfNumber(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text, end)) {
      end++;
    }
    return end;
  }

  /** Of any length: compared as text once the zeros in front are gone. */
  private static int compareNumbers(
      String one, int from, int end, String other, int otherFrom, int otherEnd) {
    int i = from;
    int j = otherFrom;
    while (i < end - 1 && one.charAt(i) == '0') {
      i++;
    }
    while (j < otherEnd - 1 && other.charAt(j) == '0') {
      j++;
    }
    int order = Integer.compare(end - i, otherEnd - j);
    while (order == 0 && i < end) {
      order = Character.compare(one.charAt(i++), other.charAt(j++));
    }
    return order;
  }
}
