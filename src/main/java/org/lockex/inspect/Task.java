package org.lockex.inspect;

import java.io.IOException;
import org.lockex.cli.CtlRequest;
import org.lockex.cli.Stderr;
import org.lockex.lock.LockException;

/** Does one subcommand. */
record Task(CtlRequest.Run request, Output out, Stderr stderr) {
  /** What was asked for is not there. */
  static final int NOT_THERE = 1;

  /** Returns the exit code. */
  int run() throws LockException, InterruptedException, IOException {
    boolean json = request.json();
    Servers servers = new Servers(request.connection(), stderr);
    return switch (request.action()) {
      case CtlRequest.List(var pattern) -> new ListLocks(servers.connect(), out, json).run(pattern);
      case CtlRequest.Show(var id) -> new ShowLock(servers.connect(), out, stderr, json).run(id);
      case CtlRequest.Watch(var id) -> new WatchLocks(servers, out, json).run(id);
      case CtlRequest.Wait(var id, var timeout) -> AwaitFree.run(servers, id, timeout);
      case CtlRequest.Break wanted -> new BreakLock(servers, out, stderr, json).run(wanted);
      case CtlRequest.Forget(var id) -> ForgetRuns.run(servers.connect(), stderr, id);
      case CtlRequest.Ping() -> new Ping(servers, out, json).run();
      case CtlRequest.LocalStatus() -> new LocalServer(out, stderr, json).status();
      case CtlRequest.LocalStop() -> new LocalServer(out, stderr, json).stop();
    };
  }
}
