package org.lockex.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.lockex.ExitCode;
import org.lockex.cli.LockexdCommand;
import org.lockex.cli.LockexdOptions;
import org.lockex.cli.LockexdRequest;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.Verbosity;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.local.LocalException;
import sun.misc.Signal;

/** lockexd as a program, from its first line to its exit code. */
public final class LockexdProgram {
  private final OutputStream out;
  private final OutputStream err;
  private final CountDownLatch end = new CountDownLatch(1);

  /**
   * A lockexd that speaks to these; help and version go to {@code out}, all else to {@code err}.
   *
   * @param out for help and version
   * @param err for all else that is said
   */
  public LockexdProgram(OutputStream out, OutputStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Does what the command line asks, and serves until SIGTERM or SIGINT.
   *
   * @param args the command line
   * @return the exit code
   */
  public int run(String[] args) {
    Stderr stderr = new Stderr("lockexd", Verbosity.DEFAULT, err);
    try {
      return switch (LockexdCommand.read(args, name -> Optional.ofNullable(System.getenv(name)))) {
        case LockexdRequest.PrintText(String text) -> {
          out.write(text.getBytes(StandardCharsets.UTF_8));
          yield 0;
        }
        case LockexdRequest.Serve(LockexdOptions options) -> serve(options);
      };
    } catch (UsageException e) {
      stderr.fault(String.valueOf(e.getMessage()));
      return ExitCode.USAGE.code();
    } catch (LocalException e) {
      stderr.fault(String.valueOf(e.getMessage()));
      return ExitCode.UNREACHABLE.code();
    } catch (Exception e) {
      stderr.fault("serve: " + e);
      return ExitCode.INTERNAL.code();
    }
  }

  private int serve(LockexdOptions options) throws Exception {
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(new Signal(name), signal -> end.countDown());
    }
    LockserverConfiguration configuration =
        options.config().isPresent()
            ? configuration(options.config().get())
            : LockserverConfiguration.NONE;
    DaemonLog.follow(options.voice(), configuration);
    Stderr stderr = new Stderr("lockexd", options.voice(), err);
    options.connection().warnings().forEach(stderr::warning);
    Optional<EmbeddedZooKeeper> inside =
        options.embedded().isPresent()
            ? Optional.of(EmbeddedZooKeeper.start(options.embedded().get()))
            : Optional.empty();
    LockexdService service = LockexdService.of(options, configuration, inside, end::countDown);
    try {
      service.start();
      service.addresses().forEach(address -> stderr.detail("listening on " + address));
      Notify.ready();
      end.await();
      Notify.stopping();
      return 0;
    } catch (IOException e) {
      stderr.fault("listen: " + e.getMessage());
      return ExitCode.UNREACHABLE.code();
    } finally {
      service.stop();
      if (inside.isPresent()) {
        inside.get().close();
      }
    }
  }

  private static LockserverConfiguration configuration(Path file) throws UsageException {
    try {
      return LockserverConfiguration.read(file);
    } catch (LockserverConfiguration.BadConfiguration e) {
      throw new UsageException("--config: " + e.getMessage());
    }
  }
}
