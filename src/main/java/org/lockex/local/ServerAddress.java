package org.lockex.local;

import java.io.IOException;
import java.util.Optional;

/**
 * Where the local server is.
 *
 * @param port on 127.0.0.1
 * @param pid of its process
 * @param namespaces where port and pid are valid; a server of version 1.0 does not say
 */
public record ServerAddress(int port, long pid, Optional<Namespaces> namespaces) {
  static ServerAddress ofThisProcess(int port) throws IOException {
    return new ServerAddress(port, ProcessHandle.current().pid(), Optional.of(Namespaces.own()));
  }

  static Optional<ServerAddress> parse(String text) {
    String[] words = text.strip().split(" ");
    try {
      return Optional.of(
          new ServerAddress(
              Integer.parseInt(words[0]),
              Long.parseLong(words[1]),
              words.length > 4
                  ? Optional.of(new Namespaces(words[2], words[3], words[4]))
                  : Optional.empty()));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty(); // written by hand
    }
  }

  /** As a connect string. */
  String hosts() {
    return "127.0.0.1:" + port;
  }

  /** Version 1.0 reads the first two words. */
  String text() {
    return port + " " + pid + (namespaces.isPresent() ? " " + namespaces.get().text() : "") + "\n";
  }
}
