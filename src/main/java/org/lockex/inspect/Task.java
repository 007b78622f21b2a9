package org.lockex.inspect;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.lockexctl.LockexctlAction;
import org.lockex.cli.lockexctl.LockexctlOptions;
import org.lockex.inspect.hold.TakeHold;
import org.lockex.inspect.text.Output;
import org.lockex.local.LocalException;
import org.lockex.lock.session.LockException;

/** Does one subcommand. */
record Task(LockexctlOptions options, InputStream in, Output out, Stderr stderr) {
  /** What was asked for is not there. */
  static final int NOT_THERE = 1;

  /** Returns the exit code. */
  int run()
      throws LockException, LocalException, UsageException, InterruptedException, IOException {
    return switch (options.action()) {
      case LockexctlAction.LocalStatus() ->
          new LocalServerTask(out, stderr, options.json()).status();
      case LockexctlAction.LocalStop() -> new LocalServerTask(out, stderr, options.json()).stop();
      case LockexctlAction.Check check ->
          new CheckLocks(out, stderr, options.json()).run(this, check);
      case LockexctlAction action -> {
        try (EnsembleAccess servers = access()) {
          int code = run(action, servers);
          out.flush();
          yield code;
        }
      }
    };
  }

  /** The way to the servers. */
  EnsembleAccess access() throws LocalException {
    return EnsembleAccess.of(options.connection(), stderr);
  }

  private int run(LockexctlAction action, EnsembleAccess servers)
      throws LockException, UsageException, InterruptedException, IOException {
    boolean json = options.json();
    return switch (action) {
      case LockexctlAction.Ls(var pattern, boolean all) ->
          new ListLocks(servers.connect(), out, stderr, json).run(pattern, all);
      case LockexctlAction.Show(var id) ->
          new ShowLock(servers.connect(), out, stderr, json).run(id);
      case LockexctlAction.History(var id, int most) ->
          new ShowHistory(servers.connect(), out, stderr, json).run(id, most);
      case LockexctlAction.Metrics wanted -> new WriteMetrics(servers, out, stderr).run(wanted);
      case LockexctlAction.Watch(var id) -> new WatchLocks(servers, out, json).run(id);
      case LockexctlAction.Wait(var id, var timeout) -> new AwaitFree(servers, id).run(timeout);
      case LockexctlAction.Break wanted ->
          new BreakLock(servers, in, out, stderr, json).run(wanted);
      case LockexctlAction.Hold wanted -> hold(servers, wanted);
      case LockexctlAction.Release(var handle) ->
          new HoldChange(servers, handle, out, stderr, json).release();
      case LockexctlAction.Extend(var handle, var lasts) ->
          new HoldChange(servers, handle, out, stderr, json).extend(lasts);
      case LockexctlAction.Forget(var id) -> ForgetRuns.run(servers.connect(), stderr, id);
      case LockexctlAction.Tokens(var least) -> new RaiseTokens(servers, out, json).run(least);
      case LockexctlAction.PingServers() -> new Ping(servers, out, json).run();
      case LockexctlAction.Acl(boolean apply) ->
          new AccessLists(servers.connect(), servers.security().acl(), apply, out, stderr, json)
              .run();
      case LockexctlAction.LocalStatus(),
          LockexctlAction.LocalStop(),
          LockexctlAction.Check(var _, var _, var _, var _) ->
          throw new IllegalStateException("done elsewhere");
    };
  }

  private int hold(EnsembleAccess servers, LockexctlAction.Hold wanted)
      throws LockException, InterruptedException {
    TakeHold hold = new TakeHold(wanted, options.connection().root(), out, stderr, options.json());
    String command =
        "lockexctl hold " + wanted.id() + wanted.reason().map(why -> ": " + why).orElse("");
    return hold.run(defects -> servers.open(command, Optional.of(hold.terms()), defects));
  }
}
