package org.lockex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether people look at a descriptor. */
public final class Terminals {
  private Terminals() {}

  /**
   * {@return whether this descriptor is a terminal, by the name the kernel has for it (proc(5)):
   * isatty(3) would cost a foreign call's set-up}
   *
   * @param descriptor one of this process, open or not
   */
  public static boolean isTerminal(int descriptor) {
    try {
      String name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return name.startsWith("/dev/pts/")
          || name.startsWith("/dev/tty")
          || name.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
