package org.lockex.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.lease.LeaseDirectory;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.status.StatusPages;
import org.lockex.metrics.LockFigures;
import org.lockex.metrics.LockMetrics;
import org.lockex.znode.LockData;
import org.lockex.znode.RunRecord;
import org.lockex.znode.SequenceNumbers;

/**
 * The metrics of locks, whoever holds them: who is there from lockexd's own picture, the rest asked
 * of ZooKeeper. Where that does not answer, it is left out.
 */
final class LockScrape implements StatusPages.LockMetricsSource {
  private static final int AT_ONCE = 500;
  private static final long SECONDS = 3;

  private final LeaseDirectory directory;
  private final AsyncZooKeeper zooKeeper;
  private final String root;
  private final String runs;

  /**
   * Asks nothing yet.
   *
   * @param root the parent of all locks, with the chroot before it
   * @param runs the parent of the records of runs, likewise
   */
  LockScrape(LeaseDirectory directory, AsyncZooKeeper zooKeeper, String root, String runs) {
    this.directory = directory;
    this.zooKeeper = zooKeeper;
    this.root = root;
    this.runs = runs;
  }

  @Override
  public String text(int most) {
    if (!directory.ready()) {
      return ""; // who is there is not known now, which is not nobody
    }
    Map<String, List<LeaseView>> busy = new TreeMap<>();
    directory.all().forEach(views -> busy.put(views.getFirst().lock().value(), views));
    TreeSet<String> names = new TreeSet<>(busy.keySet());
    read(List.of(Op.getChildren(runs)))
        .forEach(result -> {
          if (result instanceof OpResult.GetChildrenResult children) {
            names.addAll(children.getChildren());
          }
        });
    List<String> shown = names.stream().limit(most).toList();
    Map<String, OpResult.GetDataResult> asked = new HashMap<>();
    for (int at = 0; at < shown.size(); at += AT_ONCE) {
      ask(shown.subList(at, Math.min(shown.size(), at + AT_ONCE)), asked);
    }
    Instant now = Instant.now();
    return LockMetrics.text(
        shown.stream()
            .map(name ->
                figures(
                    name,
                    busy.getOrDefault(name, List.of()),
                    Optional.ofNullable(asked.get(root + "/" + name)),
                    Optional.ofNullable(asked.get(runs + "/" + name)),
                    now))
            .toList(),
        names.size() - shown.size());
  }

  private void ask(List<String> names, Map<String, OpResult.GetDataResult> answers) {
    List<String> paths = new ArrayList<>();
    names.forEach(name -> paths.addAll(List.of(root + "/" + name, runs + "/" + name)));
    List<OpResult> results = read(paths.stream().map(Op::getData).toList());
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof OpResult.GetDataResult data) {
        answers.put(paths.get(i), data);
      }
    }
  }

  private List<OpResult> read(List<Op> ops) {
    CompletableFuture<List<OpResult>> answer = new CompletableFuture<>();
    zooKeeper.read(
        ops, (code, results, zxid) -> answer.complete(results == null ? List.of() : results));
    return answer.completeOnTimeout(List.of(), SECONDS, TimeUnit.SECONDS).join();
  }

  private static LockFigures figures(
      String name,
      List<LeaseView> contenders,
      Optional<OpResult.GetDataResult> node,
      Optional<OpResult.GetDataResult> run,
      Instant now) {
    Optional<RunRecord> record = run.flatMap(data -> RunRecord.read(data.getData()));
    return new LockFigures(
        name,
        true,
        (int) contenders.stream().filter(LeaseView::active).count(),
        (int) contenders.stream().filter(one -> !one.active()).count(),
        longest(contenders, true, now),
        "",
        longest(contenders, false, now),
        node.flatMap(LockScrape::headroom),
        new LockFigures.RunFigures(
            true,
            record.flatMap(RunRecord::succeeded),
            record.flatMap(RunRecord::exit),
            record.flatMap(RunRecord::took)));
  }

  /** Of a mutex, whose node is its queue; a semaphore counts in the folders below. */
  private static Optional<Long> headroom(OpResult.GetDataResult node) {
    byte[] data = node.getData();
    return data != null
            && LockData.read(data) instanceof LockData.Reading.Known(LockData lock)
            && lock.isMutex()
        ? Optional.of(SequenceNumbers.END - SequenceNumbers.given(node.getStat()))
        : Optional.empty();
  }

  private static Optional<Duration> longest(
      List<LeaseView> contenders, boolean active, Instant now) {
    return contenders.stream()
        .filter(one -> one.active() == active)
        .map(one -> Duration.between(one.since(), now))
        .map(age -> age.isNegative() ? Duration.ZERO : age)
        .max(Comparator.naturalOrder());
  }
}
