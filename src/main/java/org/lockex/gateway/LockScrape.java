package org.lockex.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.jspecify.annotations.Nullable;
import org.lockex.gateway.async.AsyncZooKeeper;
import org.lockex.gateway.lease.LeaseDirectory;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.status.StatusPages;
import org.lockex.metrics.LockFigures;
import org.lockex.metrics.LockMetrics;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;
import org.lockex.znode.RunRecord;
import org.lockex.znode.SequenceNumbers;

/**
 * The metrics of locks, whoever holds them: who is there from lockexd's own picture, the rest asked
 * of ZooKeeper. Where that does not answer, it is left out.
 */
final class LockScrape implements StatusPages.LockMetricsSource {
  private static final int AT_ONCE = 1000;
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
    ask(shown.stream().flatMap(name -> Stream.of(root + "/" + name, runs + "/" + name)), asked);
    ask(
        shown.stream()
            .filter(name -> isSemaphore(asked.get(root + "/" + name)))
            .flatMap(name -> queues(root + "/" + name)),
        asked);
    Instant now = Instant.now();
    return LockMetrics.text(
        shown.stream()
            .map(name ->
                figures(
                    name,
                    busy.getOrDefault(name, List.of()),
                    headroom(root + "/" + name, asked),
                    Optional.ofNullable(asked.get(runs + "/" + name)),
                    now))
            .toList(),
        names.size() - shown.size());
  }

  private void ask(Stream<String> all, Map<String, OpResult.GetDataResult> answers) {
    List<String> paths = all.toList();
    for (int at = 0; at < paths.size(); at += AT_ONCE) {
      List<String> some = paths.subList(at, Math.min(paths.size(), at + AT_ONCE));
      List<OpResult> results = read(some.stream().map(Op::getData).toList());
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof OpResult.GetDataResult data) {
          answers.put(some.get(i), data);
        }
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
      Optional<Long> headroom,
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
        headroom,
        new LockFigures.RunFigures(
            true,
            record.flatMap(RunRecord::succeeded),
            record.flatMap(RunRecord::exit),
            record.flatMap(RunRecord::took)));
  }

  private static boolean isSemaphore(OpResult.@Nullable GetDataResult node) {
    return node != null
        && node.getData() != null
        && LockData.read(node.getData()) instanceof LockData.Reading.Known(LockData lock)
        && !lock.isMutex();
  }

  /** Where a semaphore's nodes are numbered. */
  private static Stream<String> queues(String lock) {
    LockPaths paths = new LockPaths(lock);
    return Stream.of(paths.locks(), paths.leases());
  }

  /** What is left where most numbers are given; a mutex's own node is its queue. */
  private static Optional<Long> headroom(String lock, Map<String, OpResult.GetDataResult> asked) {
    return Stream.concat(Stream.of(lock), queues(lock))
        .map(asked::get)
        .filter(Objects::nonNull)
        .map(node -> SequenceNumbers.END - SequenceNumbers.given(node.getStat()))
        .min(Comparator.naturalOrder());
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
