package org.lockex.inspect;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lockex.ExitCode;
import org.lockex.cli.Stderr;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.local.LocalEndpoint;
import org.lockex.local.LocalException;
import org.lockex.local.LocalServerFinder;
import org.lockex.local.Namespaces;
import org.lockex.znode.JsonWriter;

/** {@code lockexctl local}. */
record LocalServerTask(Output out, Stderr stderr, boolean json) {
  private static final int END_TIMEOUT_S = 20;

  /** Returns 0 if it runs. */
  int status() throws LocalException, IOException {
    LocalServerFinder servers = servers();
    Optional<LocalEndpoint> running = servers.running();
    if (json) {
      JsonWriter line = new JsonWriter().truth("running", running.isPresent());
      running.ifPresent(
          endpoint -> line.text("server", endpoint.hosts()).number("pid", endpoint.server().pid()));
      out.line(line.text("folder", servers.folder().toString()).toString());
    } else {
      out.line(
          "the local server "
              + running
                  .map(endpoint ->
                      "runs on " + endpoint.hosts() + ", pid " + endpoint.server().pid())
                  .orElse("does not run")
              + "; its folder is "
              + Table.printable(servers.folder().toString()));
    }
    return running.isPresent() ? 0 : Task.NOT_THERE;
  }

  /** Ends it and waits until it is gone; whoever holds a lock there loses it. */
  int stop() throws LocalException, InterruptedException, IOException {
    Optional<LocalEndpoint> running = servers().running();
    Optional<ProcessHandle> process =
        running.flatMap(endpoint -> ProcessHandle.of(endpoint.server().pid()));
    Optional<Namespaces> there = running.flatMap(endpoint -> endpoint.server().namespaces());
    if (there.isPresent() && !there.get().seesProcessesOf(Namespaces.own())) {
      return stderr.fail(
          ExitCode.INTERNAL.code(),
          "stop on the local server: it runs in another PID namespace (a container?)");
    }
    if (process.isPresent()) {
      process.get().destroy();
      try {
        ProcessHandle _ = process.get().onExit().get(END_TIMEOUT_S, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        return stderr.fail(
            ExitCode.INTERNAL.code(),
            "stop on the local server: pid " + process.get().pid() + " does not end");
      }
    }
    String what = process.isPresent() ? "stopped" : "does not run";
    out.line(json ? new JsonWriter().text("event", what).toString() : "the local server " + what);
    return 0;
  }

  private static LocalServerFinder servers() throws LocalException {
    return LocalServerFinder.toLookAt(EnsembleAccess::variable);
  }
}
