package org.lockex.gateway;

import org.lockex.child.ServiceManager;

/** Tells systemd how far we are (sd_notify(3)), where it wants to know. */
final class Notify {
  private Notify() {}

  static void ready() {
    tell("READY=1");
  }

  static void stopping() {
    tell("STOPPING=1");
  }

  private static void tell(String state) {
    String socket = System.getenv("NOTIFY_SOCKET");
    if (socket != null) {
      ServiceManager.tell(socket, state);
    }
  }
}
