package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lockex.ExitCode;
import org.lockex.child.Inherited;
import org.lockex.child.Inherited.LauncherGone;
import org.lockex.child.ProcessEnd;
import org.lockex.child.SignalReader;
import org.lockex.child.Signals;
import org.lockex.cli.LibraryLog;
import org.lockex.cli.LogEvent;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.Stderr;
import org.lockex.cli.Streams;
import org.lockex.cli.UsageException;
import org.lockex.cli.Verbosity;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockex.LockexOptions;

/** lockex as a program, from its first line to its exit code. */
public final class LockexProgram {
  private final Streams streams;

  /** Somebody looks at what comes as events. */
  private volatile boolean begun;

  /**
   * A program that speaks through these; the command has the process's own.
   *
   * @param streams what it reads and writes
   */
  public LockexProgram(Streams streams) {
    this.streams = streams;
  }

  /**
   * Does what the command line asks.
   *
   * @param mainClass the class whose main runs; the arguments follow its name in /proc/self/cmdline
   * @return the exit code
   */
  public int run(Class<?> mainClass) {
    BlockingQueue<RunEvent> events = new LinkedBlockingQueue<>();
    SignalReader signals;
    try {
      signals = signals(events);
    } catch (OutOfMemoryError e) { // no thread: the user's processes are as many as he may have
      stderr(Verbosity.DEFAULT).fault("start on this machine: " + e.getMessage());
      streams.err().finish();
      return ExitCode.INTERNAL.code();
    }
    try {
      Inherited inherited = Inherited.capture(mainClass);
      signals.begin(inherited);
      return run(inherited, signals, events);
    } catch (LauncherGone e) {
      signals.begin(Inherited.NOTHING);
      return lostItsStart(e, events);
    } catch (RuntimeException | Error e) {
      stderr(Verbosity.DEFAULT).fault("start on this machine: " + e);
      streams.err().finish();
      return ExitCode.INTERNAL.code();
    }
  }

  /** Linking the first native call takes as long as reading the options, and needs none of them. */
  private SignalReader signals(BlockingQueue<RunEvent> events) {
    return SignalReader.start(
        (signal, ignored) -> {
          if (!begun && !ignored && Signals.ends(signal)) {
            // What is read first may be a pipe to which nobody writes.
            ProcessEnd.with(ExitCode.ofSignal(signal));
          }
          events.add(ignored ? new RunEvent.PassedBy(signal) : new RunEvent.Signalled(signal));
        },
        e -> events.add(RunEvent.Defect.of("signals", e)));
  }

  /**
   * A signal to the group ended the launcher's shell, too: then it has come here by now, and the
   * thread that takes it needs no longer than a busy machine takes for its first native call.
   */
  private int lostItsStart(LauncherGone e, BlockingQueue<RunEvent> events) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    try {
      // SIGCONT, which ends nothing, may have come after it, and is taken first.
      for (RunEvent event = next(events, end); event != null; event = next(events, end)) {
        if (event instanceof RunEvent.Signalled(int signal) && Signals.ends(signal)) {
          return ExitCode.ofSignal(signal);
        }
      }
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException("nobody interrupts this thread", interrupted);
    }
    stderr(Verbosity.DEFAULT).fault("start on this machine: " + e.getMessage());
    streams.err().finish();
    return ExitCode.INTERNAL.code();
  }

  private static @Nullable RunEvent next(BlockingQueue<RunEvent> events, long end)
      throws InterruptedException {
    return events.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private int run(Inherited inherited, SignalReader signals, BlockingQueue<RunEvent> events) {
    List<byte[]> argv = inherited.arguments();
    try {
      ProgramRequest<LockexOptions> request = LockexCommand.read(argv, inherited::variable);
      // No pattern switch on the way to the command: each is linked where it is first reached, at
      // a millisecond or two.
      return request instanceof ProgramRequest.Run<LockexOptions>(LockexOptions options)
          ? run(options, inherited, signals, events)
          : print(((ProgramRequest.Print<LockexOptions>) request).text());
    } catch (UsageException e) {
      return stderr(LockexCommand.verbosity(argv))
          .fail(ExitCode.USAGE.code(), LogEvent.USAGE, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return stderr(LockexCommand.verbosity(argv))
          .fail(ExitCode.INTERNAL.code(), "write on standard output: " + e.getMessage());
    } finally {
      streams.err().finish();
    }
  }

  private int run(
      LockexOptions options,
      Inherited inherited,
      SignalReader signals,
      BlockingQueue<RunEvent> events) {
    Stderr stderr = stderr(options.verbosity());
    LibraryLog.follow(stderr, options.verbosity(), streams.err());
    options.connection().warnings().forEach(stderr::warning);
    begun = true;
    try {
      int code = new RunUnderLock(options, inherited, signals, events, stderr).run().exitCode();
      if (Boolean.getBoolean("lockex.training")) {
        int _ = OtherOutcomes.load();
      }
      return code;
    } catch (InterruptedException | RuntimeException | Error e) {
      // The guard ends the command as soon as this process is gone; the session's end frees the
      // lock.
      return stderr.fail(ExitCode.INTERNAL.code(), "run on lock " + options.lockId() + ": " + e);
    }
  }

  private int print(String text) throws IOException {
    streams.out().write(text.getBytes(UTF_8));
    return 0;
  }

  private Stderr stderr(Verbosity verbosity) {
    return new Stderr("lockex", verbosity, streams.err());
  }
}
