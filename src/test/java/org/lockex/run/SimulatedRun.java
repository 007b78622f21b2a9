package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import org.lockex.child.CommandProcesses;
import org.lockex.child.DeadlineTimer;
import org.lockex.child.Signals;
import org.lockex.cli.Connection;
import org.lockex.cli.LineWriter;
import org.lockex.cli.ServerChoice;
import org.lockex.cli.Stderr;
import org.lockex.cli.Verbosity;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.lock.queue.Patience;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.SessionSettings;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.ClientSecurity;
import org.lockex.znode.Contender;
import org.lockex.znode.LockId;
import org.lockex.znode.LockRoot;
import org.lockex.znode.Metadata;

/**
 * One run of lockex as {@link RunUnderLock} does it, with processes and a kernel's timer that are
 * simulated. To be called on a thread of the process that it is to be.
 *
 * @param servers as given to -z
 * @param clock of the lease
 */
public record SimulatedRun(
    String servers,
    int concurrency,
    Duration sessionTimeout,
    Optional<Duration> killAfter,
    LongSupplier clock,
    CommandProcesses processes,
    DeadlineTimer timer,
    LinkedBlockingQueue<RunEvent> events,
    Told told) {

  /** What the run tells whoever watches it. */
  public interface Told {
    /** The lock is ours; the command starts next, unless something is in the way. */
    void acquired(long token);

    /** One line for people. */
    void note(String line);
  }

  /**
   * Runs it.
   *
   * @return what became of it
   */
  public RunOutcome run() throws InterruptedException {
    LockexOptions options = options();
    Stderr stderr =
        new Stderr("lockex", Verbosity.DEFAULT, new LineWriter(OutputStream.nullOutputStream()));
    ZooKeeperSession session = ZooKeeperSession.open(settings(options));
    Thread acquire =
        new Thread(
            new AcquireTask(options, null, session, new Patience(), events, stderr), "acquire");
    acquire.start();
    while (true) {
      RunEvent event = events.take();
      if (event instanceof RunEvent.Acquired acquired) {
        told.acquired(acquired.lock().token());
        EventSource source = new EventQueue(events, clock);
        Prepared prepared = new Prepared(processes, timer, new CommandEnvironment(List.of()));
        RunOutcome outcome =
            new Supervision(options, prepared, acquired.lock(), Optional.empty(), source, stderr)
                .run(Duration.ZERO);
        session.end(Duration.ofSeconds(2));
        return outcome;
      } else if (event instanceof RunEvent.NotAcquired(RunOutcome why)) {
        session.end(Duration.ofSeconds(2));
        return why;
      } else if (event instanceof RunEvent.Defect(String line)) {
        throw new IllegalStateException(line);
      }
    }
  }

  private SessionSettings settings(LockexOptions options) {
    return new SessionSettings(
        Hosts.parse(servers),
        options.connection().sessionTimeout(),
        options.connection().connectTimeout(),
        ClientSecurity.NONE,
        clock,
        new Contender("host", 1, "user", "command", Instant.EPOCH, "1"),
        told::note,
        defect -> {
          throw new IllegalStateException(defect);
        });
  }

  private LockexOptions options() {
    return new LockexOptions(
        new Connection(
            new ServerChoice.OfThisUser(),
            LockRoot.of("lockex"),
            Duration.ofDays(1), // the servers are not asked why they are silent
            sessionTimeout,
            ClientSecurity.NONE,
            Metadata.ALL,
            List.of()),
        LockId.of("x"),
        false,
        concurrency,
        Optional.empty(),
        Duration.ZERO,
        75,
        killAfter,
        Optional.empty(),
        Signals.TERM,
        Optional.empty(),
        Duration.ZERO,
        Optional.empty(),
        Verbosity.DEFAULT,
        List.of("true".getBytes(UTF_8)));
  }
}
