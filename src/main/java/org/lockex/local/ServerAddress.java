package org.lockex.local;

import java.util.Optional;

/**
 * Where the local server is.
 *
 * @param port on 127.0.0.1
 * @param pid of its process
 */
public record ServerAddress(int port, long pid) {
  static Optional<ServerAddress> parse(String text) {
    String[] words = text.strip().split(" ");
    try {
      return Optional.of(new ServerAddress(Integer.parseInt(words[0]), Long.parseLong(words[1])));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty(); // written by hand
    }
  }

  /** As a connect string. */
  String hosts() {
    return "127.0.0.1:" + port;
  }

  String text() {
    return port + " " + pid + "\n";
  }
}
