package org.lockex.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * From where a process sees the machine. Two that share a folder need not share more than that.
 *
 * @param boot which start of which machine: random(4)
 * @param network its network namespace: where 127.0.0.1 is the same, namespaces(7)
 * @param pid its PID namespace: where a process has the same number
 */
public record Namespaces(String boot, String network, String pid) {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NETWORK = Path.of("/proc/self/ns/net");
  private static final Path PID = Path.of("/proc/self/ns/pid");

  /**
   * {@return those of this process}
   *
   * @throws IOException without /proc
   */
  public static Namespaces own() throws IOException {
    return new Namespaces(
        Files.readString(BOOT).strip(),
        Files.readSymbolicLink(NETWORK).toString(),
        Files.readSymbolicLink(PID).toString());
  }

  /** {@return why a server there cannot be reached from here, if so} */
  Optional<String> unreachableFrom(Namespaces here) {
    if (!boot.equals(here.boot)) {
      return Optional.of("it runs on another machine");
    }
    return network.equals(here.network)
        ? Optional.empty()
        : Optional.of("it runs in another network namespace (a container?)");
  }

  /**
   * {@return whether a number means the same process to both}
   *
   * @param other where another process is
   */
  public boolean seesProcessesOf(Namespaces other) {
    return boot.equals(other.boot) && pid.equals(other.pid);
  }

  String text() {
    return boot + " " + network + " " + pid;
  }
}
