package org.lockex.inspect;

import java.io.IOException;
import org.lockex.cli.Stderr;

/** {@code lockexctl local}. */
record LocalServer(Output out, Stderr stderr, boolean json) {
  int status() throws IOException {
    out.line("the embedded server is not part of this build");
    return Task.NOT_THERE;
  }

  int stop() throws IOException {
    return status();
  }
}
