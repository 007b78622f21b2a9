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
import org.lockex.child.LeaseClock;
import org.lockex.child.Signals;
import org.lockex.cli.LibraryLog;
import org.lockex.cli.LockexCommand;
import org.lockex.cli.Options;
import org.lockex.cli.Request;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.Voice;

/** lockex as a program, from its first line to its exit code. */
public final class Program {
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final OutputStream err = new FileOutputStream(FileDescriptor.err);

  /**
   * Does what the command line asks.
   *
   * @param mainClass the class whose main runs; the arguments follow its name in /proc/self/cmdline
   * @return the exit code
   */
  public int run(Class<?> mainClass) {
    // Linking the first native call takes as long as reading the options, and needs none of them.
    Thread.ofPlatform().daemon().name("native").start(LeaseClock.BOOTTIME::getAsLong);
    Inherited inherited = Inherited.capture(mainClass);
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    Signals.install(inherited, signal -> events.add(new Event.Signalled(signal)));
    List<byte[]> argv = inherited.arguments();
    try {
      Request request = LockexCommand.read(argv, name -> variable(inherited, name));
      // No pattern switch on the way to the command: each is linked where it is first reached, at
      // a millisecond or two.
      return request instanceof Request.Run(Options options)
          ? run(options, inherited, events)
          : print(((Request.Print) request).text());
    } catch (UsageException e) {
      stderr(LockexCommand.voice(argv)).fault(String.valueOf(e.getMessage()));
      return ExitCode.USAGE.code();
    } catch (IOException e) {
      stderr(Voice.DEFAULT).fault("write on standard output: " + e.getMessage());
      return ExitCode.INTERNAL.code();
    }
  }

  private int run(Options options, Inherited inherited, BlockingQueue<Event> events) {
    Stderr stderr = stderr(options.voice());
    LibraryLog.follow(options.voice());
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

  private Stderr stderr(Voice voice) {
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
