package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.lockex.child.ChildEvent;
import org.lockex.child.Command;
import org.lockex.child.CommandProcesses;
import org.lockex.child.DeadlineTimer;
import org.lockex.child.Signals;
import org.lockex.cli.Connection;
import org.lockex.cli.LineWriter;
import org.lockex.cli.ServerChoice;
import org.lockex.cli.Stderr;
import org.lockex.cli.Verbosity;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.lock.hold.HeldLock;
import org.lockex.lock.lease.Deadline;
import org.lockex.lock.lease.Lease;
import org.lockex.lock.lease.Loss;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;
import org.lockex.znode.Metadata;
import org.lockex.znode.OtherMake;

/**
 * A {@link Supervision} over a clock that jumps to the next event, processes that only write down
 * what is asked of them, and a lease of 6 s: SIGTERM is due at 4.0, SIGKILL at 5.0, the timer goes
 * off at 5.5.
 */
final class SupervisedRun {
  private static final double SECOND = 1e9;

  private final PriorityQueue<Timed> script = new PriorityQueue<>();
  private final List<String> trace = new ArrayList<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final LineWriter err = new LineWriter(said);
  private final LeaseOfScript lease = new LeaseOfScript();
  private long now;
  private long order;

  private record Timed(long at, long order, String event) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** What was done, each with its time. */
  List<String> trace() {
    return trace;
  }

  /** What was said on stderr. */
  String said() {
    err.finish();
    return said.toString(UTF_8);
  }

  /**
   * Runs it.
   *
   * @param options {@code -k S}, {@code --max-run S}, {@code --on-lost}, {@code --hold S}, {@code
   *     --once-per}
   * @param events each {@code SECONDS WORD [VALUE]}
   */
  RunOutcome run(String options, String... events) throws InterruptedException {
    for (String event : events) {
      String[] words = event.split(" ", 2);
      script.add(new Timed(nanos(words[0]), order++, words[1]));
    }
    HeldLock lock =
        new HeldLock(
            LockId.of("x"),
            "/lockex/x",
            "/lockex/x/own",
            7,
            0,
            "0x1",
            lease,
            (_, _) -> note("publish"),
            _ -> {},
            _ -> {});
    return new Supervision(
            options(options),
            new Prepared(new Processes(), new Timer(), new CommandEnvironment(List.of())),
            lock,
            options.contains("--once-per")
                ? Optional.of((exit, took) -> note("record " + exit + " " + seconds(took)))
                : Optional.empty(),
            new Events(),
            new Stderr("lockex", Verbosity.DEFAULT, err))
        .run(Duration.ZERO);
  }

  private static LockexOptions options(String text) {
    List<String> words = List.of(text.split(" "));
    return new LockexOptions(
        new Connection(
            new ServerChoice.OfThisUser(),
            LockRoot.of("lockex"),
            Duration.ofSeconds(1),
            Duration.ofSeconds(6),
            ClientSecurity.NONE,
            Metadata.ALL,
            List.of()),
        LockId.of("x"),
        false,
        1,
        Optional.empty(),
        Duration.ZERO,
        75,
        duration(words, "-k"),
        duration(words, "--max-run"),
        words.contains("--stop-signal") ? Signals.QUIT : Signals.TERM,
        words.contains("--on-lost") ? Optional.of("flush") : Optional.empty(),
        duration(words, "--hold").orElse(Duration.ZERO),
        Optional.empty(),
        Verbosity.DEFAULT,
        List.of("true".getBytes(UTF_8)));
  }

  private static Optional<Duration> duration(List<String> words, String option) {
    int at = words.indexOf(option);
    return at < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos(words.get(at + 1))));
  }

  private static long nanos(String seconds) {
    return Math.round(Double.parseDouble(seconds) * SECOND);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toNanos() / SECOND);
  }

  private void note(String what) {
    trace.add(seconds(Duration.ofNanos(now)) + " " + what);
  }

  private final class Events implements EventSource {
    @Override
    public long now() {
      return now;
    }

    @Override
    public Optional<RunEvent> poll() {
      return !script.isEmpty() && script.peek().at() <= now
          ? Optional.of(take())
          : Optional.empty();
    }

    @Override
    public RunEvent await(long due) {
      if (!script.isEmpty() && script.peek().at() <= due) {
        now = Math.max(now, script.peek().at());
        return take();
      }
      if (due == NEVER) {
        throw new AssertionError("waits for ever after " + trace);
      }
      now = Math.max(now, due);
      return null;
    }

    @Override
    public void add(RunEvent event) {
      throw new AssertionError("unexpected: " + event);
    }

    private RunEvent take() {
      String[] words = script.remove().event().split(" ");
      int number = words.length > 1 && words[1].matches("\\d+") ? Integer.parseInt(words[1]) : 0;
      return switch (words[0]) {
        case "exit" -> new RunEvent.OfCommand(new ChildEvent.Exited(number, 0));
        case "dies-of" -> new RunEvent.OfCommand(new ChildEvent.Exited(128 + number, number));
        case "ended" -> new RunEvent.OfCommand(new ChildEvent.Ended());
        case "beside-exit" -> new RunEvent.OfCommand(new ChildEvent.BesideEnded(number, 0));
        case "beside-dies-of" -> new RunEvent.OfCommand(new ChildEvent.BesideEnded(0, number));
        case "stopped" -> new RunEvent.OfCommand(new ChildEvent.CommandStopped());
        case "guard-died" -> new RunEvent.OfCommand(new ChildEvent.GuardDied());
        case "unkillable" -> new RunEvent.OfCommand(new ChildEvent.Unkillable(List.of(number)));
        case "thread-died" ->
            new RunEvent.OfCommand(
                new ChildEvent.ThreadDied("reaper", new IllegalStateException("torn")));
        case "signal" -> new RunEvent.Signalled(number);
        case "passed-by" -> new RunEvent.PassedBy(number);
        case "lost" -> new RunEvent.LockLost(new Loss.Expired("0x1"));
        case "break" -> new RunEvent.BreakAsked(new BreakRequest("eve", Instant.EPOCH));
        case "other-make" -> new RunEvent.OtherMakeCame(new OtherMake("u__lock__0", "a lock of X"));
        case "recorded" -> new RunEvent.Recorded(Optional.empty());
        case "not-recorded" -> new RunEvent.Recorded(Optional.of("no record"));
        case "defect" -> new RunEvent.Defect("thread: torn");
        case "renewed" -> {
          lease.move(nanos(words[1]));
          yield new RunEvent.Connected(); // nothing to anybody: the lease tells its listener
        }
        default -> throw new AssertionError("no such event: " + words[0]);
      };
    }
  }

  private static final class LeaseOfScript implements Lease {
    private Deadline deadline = at(5_000_000_000L);
    private Optional<HoldListener> listener = Optional.empty();

    private static Deadline at(long killAt) {
      return new Deadline(killAt, killAt + 500_000_000L, 6_000_000_000L);
    }

    void move(long killAt) {
      deadline = at(killAt);
      listener.orElseThrow().renewed(deadline);
    }

    @Override
    public Deadline deadline() {
      return deadline;
    }

    @Override
    public void listen(HoldListener one) {
      listener = Optional.of(one);
    }
  }

  private final class Timer implements DeadlineTimer {
    @Override
    public void arm(long nanos) {
      note("arm " + seconds(Duration.ofNanos(nanos)));
    }

    @Override
    public void close() {
      note("disarm");
    }
  }

  private final class Processes implements CommandProcesses {
    @Override
    public void rehearse(BooleanSupplier enough) {}

    @Override
    public int start(Command command) {
      note("start");
      return 4711;
    }

    @Override
    public void terminateAndStart(Command command) {
      note("TERM and " + new String(command.environ().getLast(), UTF_8));
    }

    @Override
    public void signal(int signal) {
      note("signal " + signal);
    }

    @Override
    public void terminate() {
      note("TERM");
    }

    @Override
    public void end(Duration grace) {
      note(grace.isZero() ? "KILL" : "end within " + seconds(grace));
    }

    @Override
    public void suspend() {
      note("suspend");
    }

    @Override
    public void leave(ChildEvent.Exited exited) {
      note("leave");
    }

    @Override
    public void close() {}
  }
}
