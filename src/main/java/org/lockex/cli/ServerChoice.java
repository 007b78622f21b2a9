package org.lockex.cli;

import java.nio.file.Path;
import org.lockex.lock.session.Hosts;

/** Which ZooKeeper a command line chooses. */
public sealed interface ServerChoice {
  /**
   * Servers that somebody set up.
   *
   * @param hosts which, with the chroot
   */
  record Ensemble(Hosts hosts) implements ServerChoice {}

  /** {@code --local}: the server of this machine and user. */
  record OfThisUser() implements ServerChoice {}

  /**
   * {@code --embedded}: the server inside a lockexd of this machine.
   *
   * @param folder its data, absolute
   */
  record InFolder(Path folder) implements ServerChoice {}

  /** {@return whether the server surely sleeps when this machine does} */
  default boolean isOnThisMachine() {
    return !(this instanceof Ensemble);
  }
}
