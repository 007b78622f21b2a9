package org.lockex.child;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Tells the service manager how far a service is, by the protocol of sd_notify(3). */
public final class ServiceManager {
  private static final int LONGEST_PATH = 107;

  private ServiceManager() {}

  /**
   * Sends {@code state} to {@code socket}, the value of NOTIFY_SOCKET. Whether it arrives is not
   * known, and nothing depends on it.
   *
   * @param socket an absolute path, or {@code @} and the name of an abstract socket
   * @param state for example {@code READY=1}
   */
  public static void tell(String socket, String state) {
    byte[] address = socket.getBytes(UTF_8);
    if (address.length == 0 || address.length > LONGEST_PATH) {
      return;
    }
    if (address[0] == '@') {
      address[0] = 0;
    }
    Libc.sendDatagram(address, state.getBytes(UTF_8));
  }
}
