package org.lockex.inspect;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.lockex.cli.Ages;
import org.lockex.cli.Stderr;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.LockException;
import org.lockex.znode.LockId;
import org.lockex.znode.PastRun;
import org.lockex.znode.RunRecord;

/** {@code lockexctl history}: the last runs under {@code --once-per}, the newest first. */
record ShowHistory(LockReader tree, Output out, Stderr stderr, boolean json) {

  int run(LockId id, int most) throws LockException, InterruptedException, IOException {
    LockState lock = tree.read(id);
    if (lock.runsForbidden()) {
      throw new LockException(
          LockException.Kind.NOT_AUTHORISED,
          "cannot read",
          tree.runPath(id),
          "ZooKeeper does not authorise us");
    }
    List<PastRun> runs = lock.lastRun().map(RunRecord::runs).orElse(List.of());
    if (runs.isEmpty()) {
      return stderr.fail(
          Task.NOT_THERE, "history on lock " + tree.root().pathOf(id) + ": no run is remembered");
    }
    List<PastRun> wanted = runs.subList(0, Math.min(most, runs.size()));
    if (json) {
      for (PastRun run : wanted) {
        out.line(JsonLine.of(run).toString());
      }
    } else {
      out.text(table(wanted, tree.clock().now()));
    }
    return 0;
  }

  private static String table(List<PastRun> runs, Instant now) {
    Table table = new Table("STARTED", "AGO", "TOOK", "EXIT", "SKIPPED", "WHO", "COMMAND");
    for (PastRun run : runs) {
      table.row(
          Words.time(run.started()),
          Ages.of(Duration.between(run.started(), now)),
          Words.age(run.took()),
          run.exit().map(String::valueOf).orElse("?"),
          Long.toString(run.skipped()),
          run.who().map(by -> by.host() + ":" + by.pid() + " " + by.user()).orElse(""),
          run.who().map(by -> by.command()).orElse(""));
    }
    return table.toString();
  }
}
