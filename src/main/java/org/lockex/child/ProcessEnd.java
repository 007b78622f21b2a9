package org.lockex.child;

/** The end of this process. */
public final class ProcessEnd {
  private ProcessEnd() {}

  /**
   * Ends this process at once; does not return. {@link Runtime#halt} waits for threads in native
   * code, 0.3 s where one stays there (VM_Exit::wait_for_threads_in_native_to_block, JDK 25): the
   * reaper in waitid, the reader of signals in sigwaitinfo, ZooKeeper's client in epoll_wait, a
   * writer without a reader. Those have nothing left to do, and nothing is kept in buffers: what
   * was written is in the kernel.
   *
   * @param code the exit code, 0 to 255
   */
  public static void with(int code) {
    if (Boolean.getBoolean("lockex.training")) {
      Runtime.getRuntime().halt(code); // writes the AOT cache on its way
    }
    try {
      Libc.exit(code);
    } catch (RuntimeException | Error e) {
      Runtime.getRuntime().halt(code); // Native calls are what failed.
    }
  }
}
