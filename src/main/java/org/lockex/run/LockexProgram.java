package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.lockex.ExitCode;
import org.lockex.child.Inherited;
import org.lockex.child.Signals;
import org.lockex.child.SystemClock;
import org.lockex.cli.LibraryLog;
import org.lockex.cli.LockexCommand;
import org.lockex.cli.LockexOptions;
import org.lockex.cli.LockexRequest;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.Verbosity;

/** lockex as a program, from its first line to its exit code. */
public final class LockexProgram {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final OutputStream err = new FileOutputStream(FileDescriptor.err);

  /** Writes to this process's stdout and stderr. */
  public LockexProgram() {}

  /**
   * Does what the command line asks.
   *
   * @param mainClass the class whose main runs; the arguments follow its name in /proc/self/cmdline
   * @return the exit code
   */
  public int run(Class<?> mainClass) {
    // Linking the first native call takes as long as reading the options, and needs none of them.
    Thread.ofPlatform().daemon().name("native").start(SystemClock.BOOTTIME::getAsLong);
    Inherited inherited = Inherited.capture(mainClass);
    BlockingQueue<RunEvent> events = new LinkedBlockingQueue<>();
    Signals.install(inherited, signal -> events.add(new RunEvent.Signalled(signal)));
    List<byte[]> argv = inherited.arguments();
    try {
      LockexRequest request = LockexCommand.read(argv, name -> variable(inherited, name));
      // No pattern switch on the way to the command: each is linked where it is first reached, at
      // a millisecond or two.
      return request instanceof LockexRequest.Run(LockexOptions options)
          ? run(options, inherited, events)
          : print(((LockexRequest.Print) request).text());
    } catch (UsageException e) {
      stderr(LockexCommand.voice(argv)).fault(String.valueOf(e.getMessage()));
      return ExitCode.USAGE.code();
    } catch (IOException e) {
      stderr(Verbosity.DEFAULT).fault("write on standard output: " + e.getMessage());
      return ExitCode.INTERNAL.code();
    }
  }

  private int run(LockexOptions options, Inherited inherited, BlockingQueue<RunEvent> events) {
    Stderr stderr = stderr(options.voice());
    LibraryLog.follow(options.voice());
    options.connection().warnings().forEach(stderr::warning);
    try {
      return new RunUnderLock(options, inherited, events, stderr).run().exitCode();
    } catch (InterruptedException | RuntimeException | LinkageError e) {
      // The guard ends the command as soon as this process is gone; the session's end frees the
      // lock.
      stderr.fault("run on lock " + options.lockId() + ": " + e);
      return ExitCode.INTERNAL.code();
    }
  }

  private int print(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    return 0;
  }

  private Stderr stderr(Verbosity voice) {
    return new Stderr("lockex", voice, err);
  }

  static Optional<String> variable(Inherited inherited, String name) {
    byte[] prefix = (name + "=").getBytes(UTF_8);
    for (byte[] entry : inherited.environ()) {
      if (entry.length >= prefix.length
          && Arrays.equals(entry, 0, prefix.length, prefix, 0, prefix.length)) {
        return Optional.of(new String(entry, prefix.length, entry.length - prefix.length, UTF_8));
      }
    }
    return Optional.empty();
  }
}
