package org.lockex.inspect;

import java.io.IOException;
import org.lockex.cli.CtlRequest;
import org.lockex.cli.Stderr;
import org.lockex.local.LocalException;
import org.lockex.lock.LockException;

/** Does one subcommand. */
record Task(CtlRequest.Run request, Output out, Stderr stderr) {
  /** What was asked for is not there. */
  static final int NOT_THERE = 1;

  /** Returns the exit code. */
  int run() throws LockException, LocalException, InterruptedException, IOException {
    return switch (request.action()) {
      case CtlRequest.LocalStatus() -> new LocalServerTask(out, stderr, request.json()).status();
      case CtlRequest.LocalStop() -> new LocalServerTask(out, stderr, request.json()).stop();
      case CtlRequest.Action action -> {
        try (Servers servers = Servers.of(request.connection(), stderr)) {
          int code = run(action, servers);
          out.flush();
          yield code;
        }
      }
    };
  }

  private int run(CtlRequest.Action action, Servers servers)
      throws LockException, InterruptedException, IOException {
    boolean json = request.json();
    return switch (action) {
      case CtlRequest.List(var pattern) -> new ListLocks(servers.connect(), out, json).run(pattern);
      case CtlRequest.Show(var id) -> new ShowLock(servers.connect(), out, stderr, json).run(id);
      case CtlRequest.Watch(var id) -> new WatchLocks(servers, out, json).run(id);
      case CtlRequest.Wait(var id, var timeout) -> AwaitFree.run(servers, id, timeout);
      case CtlRequest.Break wanted -> new BreakLock(servers, out, stderr, json).run(wanted);
      case CtlRequest.Forget(var id) -> ForgetRuns.run(servers.connect(), stderr, id);
      case CtlRequest.Ping() -> new Ping(servers, out, json).run();
      case CtlRequest.LocalStatus(), CtlRequest.LocalStop() ->
          throw new IllegalStateException("needs no servers");
    };
  }
}
