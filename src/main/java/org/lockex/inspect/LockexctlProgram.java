package org.lockex.inspect;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lockex.ExitCode;
import org.lockex.child.Inherited;
import org.lockex.cli.LibraryLog;
import org.lockex.cli.LogEvent;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.Stderr;
import org.lockex.cli.Streams;
import org.lockex.cli.UsageException;
import org.lockex.cli.Verbosity;
import org.lockex.cli.VerbosityOptions;
import org.lockex.cli.lockexctl.LockexctlCommand;
import org.lockex.cli.lockexctl.LockexctlOptions;
import org.lockex.inspect.text.Output;
import org.lockex.local.LocalException;
import org.lockex.lock.session.LockException;

/** lockexctl as a program, from its first line to its exit code. */
public final class LockexctlProgram {
  /** A tool whose reader went away: 128 + SIGPIPE, as shells show it. */
  private static final int NO_READER = 141;

  private final Streams streams;

  /**
   * A program that reads and writes these.
   *
   * @param streams what it reads and writes
   */
  public LockexctlProgram(Streams streams) {
    this.streams = streams;
  }

  /**
   * Does what the command line asks.
   *
   * @param mainClass the class whose main runs; the arguments follow its name in /proc/self/cmdline
   * @return the exit code
   */
  public int run(Class<?> mainClass) {
    List<byte[]> argv = Inherited.ofThisProcess(mainClass).arguments();
    Output out = new Output(streams.out());
    Stderr stderr = stderr(VerbosityOptions.ofUnread(argv));
    try {
      int code =
          switch (LockexctlCommand.read(argv, EnsembleAccess::variable)) {
            case ProgramRequest.Print<LockexctlOptions>(String text) -> {
              out.text(text);
              yield 0;
            }
            case ProgramRequest.Run<LockexctlOptions>(LockexctlOptions options) -> {
              stderr = stderr(options.verbosity());
              Optional<String> lock = options.action().lock(options.connection().root());
              if (lock.isPresent()) {
                stderr.about("lock", lock.get());
              }
              LibraryLog.follow(stderr, options.verbosity(), streams.err());
              options.connection().warnings().forEach(stderr::warning);
              yield new Task(options, streams.in(), out, stderr).run();
            }
          };
      out.flush();
      return code;
    } catch (UsageException e) {
      return fail(stderr, ExitCode.USAGE, e.getMessage());
    } catch (LocalException e) {
      return fail(stderr, ExitCode.UNREACHABLE, e.getMessage());
    } catch (LockException e) {
      return fail(stderr, e.exitCode(), e.getMessage());
    } catch (IOException e) {
      return "Broken pipe".equals(e.getMessage())
          ? NO_READER
          : fail(stderr, ExitCode.INTERNAL, "write on standard output: " + e.getMessage());
    } catch (InterruptedException | RuntimeException e) {
      return fail(stderr, ExitCode.INTERNAL, "run on lockexctl: " + e);
    } finally {
      streams.err().finish();
    }
  }

  private static int fail(Stderr stderr, ExitCode code, @Nullable String line) {
    return stderr.fail(
        code.code(),
        code == ExitCode.USAGE ? LogEvent.USAGE : LogEvent.FAULT,
        String.valueOf(line));
  }

  private Stderr stderr(Verbosity verbosity) {
    return new Stderr("lockexctl", verbosity, streams.err());
  }
}
