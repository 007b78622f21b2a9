package org.lockex.inspect;

import java.io.IOException;
import java.io.InputStream;
import org.lockex.cli.LockexctlRequest;
import org.lockex.cli.Stderr;
import org.lockex.local.LocalException;
import org.lockex.lock.session.LockException;

/** Does one subcommand. */
record Task(LockexctlRequest.Run request, InputStream in, Output out, Stderr stderr) {
  /** What was asked for is not there. */
  static final int NOT_THERE = 1;

  /** Returns the exit code. */
  int run() throws LockException, LocalException, InterruptedException, IOException {
    return switch (request.action()) {
      case LockexctlRequest.LocalStatus() ->
          new LocalServerTask(out, stderr, request.json()).status();
      case LockexctlRequest.LocalStop() -> new LocalServerTask(out, stderr, request.json()).stop();
      case LockexctlRequest.Action action -> {
        try (EnsembleAccess servers = EnsembleAccess.of(request.connection(), stderr)) {
          int code = run(action, servers);
          out.flush();
          yield code;
        }
      }
    };
  }

  private int run(LockexctlRequest.Action action, EnsembleAccess servers)
      throws LockException, InterruptedException, IOException {
    boolean json = request.json();
    return switch (action) {
      case LockexctlRequest.List(var pattern) ->
          new ListLocks(servers.connect(), out, json).run(pattern);
      case LockexctlRequest.Show(var id) ->
          new ShowLock(servers.connect(), out, stderr, json).run(id);
      case LockexctlRequest.Watch(var id) -> new WatchLocks(servers, out, json).run(id);
      case LockexctlRequest.Wait(var id, var timeout) -> AwaitFree.run(servers, id, timeout);
      case LockexctlRequest.Break wanted ->
          new BreakLock(servers, in, out, stderr, json).run(wanted);
      case LockexctlRequest.Forget(var id) -> ForgetRuns.run(servers.connect(), stderr, id);
      case LockexctlRequest.Ping() -> new Ping(servers, out, json).run();
      case LockexctlRequest.LocalStatus(), LockexctlRequest.LocalStop() ->
          throw new IllegalStateException("needs no servers");
    };
  }
}
