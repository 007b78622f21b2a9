package org.lockex;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.lockex.child.ProcessEnd;
import org.lockex.cli.LineWriter;
import org.lockex.gateway.LockexdProgram;

/** Serves the locks over HTTP. */
public final class Lockexd {
  private Lockexd() {}

  /**
   * Exits with a code of {@link ExitCode}, or 0 after SIGTERM.
   *
   * @param args the command line, without the program's name
   */
  public static void main(String[] args) {
    // The launcher says so to the JVM, too, but what links from an AOT cache does not hear of it.
    Lockexd.class.getModule().addReads(ClassLoader.getSystemClassLoader().getUnnamedModule());
    ProcessEnd.with(
        new LockexdProgram(new FileOutputStream(FileDescriptor.out), LineWriter.ofStderr())
            .run(args));
  }
}
