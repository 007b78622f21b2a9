package org.lockex.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lockex.cli.Stderr;
import org.lockex.cli.lockexctl.Glob;
import org.lockex.cli.lockexctl.LockexctlAction;
import org.lockex.inspect.check.CheckAnswer;
import org.lockex.inspect.text.Output;
import org.lockex.local.LocalException;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ServersClock;
import org.lockex.metrics.LockFigures;
import org.lockex.znode.LockId;

/** {@code lockexctl check}. */
record CheckLocks(Output out, Stderr stderr, boolean json) {

  /** Nothing that happens on the way is told otherwise than as a plugin tells it. */
  int run(Task task, LockexctlAction.Check wanted) throws InterruptedException, IOException {
    CheckAnswer answer;
    try (EnsembleAccess servers = task.access()) {
      answer = answer(servers.connect(), wanted);
    } catch (LockException | LocalException e) {
      answer = CheckAnswer.unknown(String.valueOf(e.getMessage()));
    }
    out.line(answer.line(json));
    return answer.status().code();
  }

  private CheckAnswer answer(LockReader tree, LockexctlAction.Check wanted)
      throws LockException, InterruptedException {
    Map<String, LockState> locks = new TreeMap<>();
    for (LockId name : wanted.names()) {
      locks.put(name.value(), tree.read(name));
    }
    List<Glob> patterns = wanted.patterns();
    if (!patterns.isEmpty()) {
      for (LockState lock :
          tree.list(name -> patterns.stream().anyMatch(one -> one.test(name)), true)) {
        locks.put(lock.id(), lock);
      }
    }
    ServersClock clock = tree.clock();
    if (!clock.isOfServers()) {
      stderr.detail(
          "ages are by this host's clock: ZooKeeper does not let us write to ask for its");
    }
    List<LockFigures> figures = new ArrayList<>();
    for (LockState lock : locks.values()) {
      figures.add(lock.figures(clock.now()));
    }
    return CheckAnswer.of(figures, wanted.critical(), wanted.warning(), clock.now());
  }
}
