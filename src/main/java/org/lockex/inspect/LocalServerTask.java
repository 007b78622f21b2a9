package org.lockex.inspect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lockex.ExitCode;
import org.lockex.cli.Stderr;
import org.lockex.local.LocalEndpoint;
import org.lockex.local.LocalException;
import org.lockex.local.LocalServers;
import org.lockex.local.StateFolder;

/** {@code lockexctl local}. */
record LocalServerTask(Output out, Stderr stderr, boolean json) {
  private static final int PATIENCE_S = 20;

  /** Returns 0 if it runs. */
  int status() throws LocalException, IOException {
    StateFolder folder = StateFolder.find(Servers::variable);
    Optional<LocalEndpoint> running = running(folder);
    if (json) {
      JsonLine line = new JsonLine().truth("running", running.isPresent());
      running.ifPresent(
          endpoint -> line.text("server", endpoint.hosts()).number("pid", endpoint.server().pid()));
      out.line(line.text("folder", folder.path().toString()).toString());
    } else {
      out.line(
          "the local server "
              + running
                  .map(endpoint ->
                      "runs on " + endpoint.hosts() + ", pid " + endpoint.server().pid())
                  .orElse("does not run")
              + "; its folder is "
              + Table.printable(folder.path().toString()));
    }
    return running.isPresent() ? 0 : Task.NOT_THERE;
  }

  /** Ends it and waits until it is gone; whoever holds a lock there loses it. */
  int stop() throws LocalException, InterruptedException, IOException {
    Optional<LocalEndpoint> running = running(StateFolder.find(Servers::variable));
    Optional<ProcessHandle> process =
        running.flatMap(endpoint -> ProcessHandle.of(endpoint.server().pid()));
    if (process.isPresent()) {
      process.get().destroy();
      try {
        ProcessHandle _ = process.get().onExit().get(PATIENCE_S, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        stderr.fault("stop on the local server: pid " + process.get().pid() + " does not end");
        return ExitCode.INTERNAL.code();
      }
    }
    String what = process.isPresent() ? "stopped" : "does not run";
    out.line(json ? new JsonLine().text("event", what).toString() : "the local server " + what);
    return 0;
  }

  private static Optional<LocalEndpoint> running(StateFolder folder) {
    LocalServers.Launcher none =
        (arguments, log) -> {
          throw new IOException("nothing is started here");
        };
    try {
      return new LocalServers(folder, none).running();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
