package org.lockex.security;

import java.util.Base64;
import java.util.Optional;

/**
 * One block of a PEM text.
 *
 * @param bytes what its base64 stands for
 * @param end where the text goes on
 */
record PemBlock(byte[] bytes, int end) {

  /**
   * The next block with this label.
   *
   * @throws IllegalArgumentException if its base64 is malformed
   */
  static Optional<PemBlock> find(String text, String label, int from) {
    String head = "-----BEGIN " + label + "-----";
    String foot = "-----END " + label + "-----";
    int begin = text.indexOf(head, from);
    int end = begin < 0 ? -1 : text.indexOf(foot, begin);
    return end < 0
        ? Optional.empty()
        : Optional.of(
            new PemBlock(
                Base64.getMimeDecoder().decode(text.substring(begin + head.length(), end)),
                end + foot.length()));
  }
}
