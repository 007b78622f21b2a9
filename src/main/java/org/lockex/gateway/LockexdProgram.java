package org.lockex.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.lockex.ExitCode;
import org.lockex.child.ServiceManager;
import org.lockex.cli.FileWords;
import org.lockex.cli.LineWriter;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.ServerChoice;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.Verbosity;
import org.lockex.cli.lockexd.LockexdCommand;
import org.lockex.cli.lockexd.LockexdOptions;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.local.FolderServer;
import org.lockex.local.LocalException;
import org.lockex.local.ServerLocation;
import sun.misc.Signal;

/** lockexd as a program, from its first line to its exit code. */
public final class LockexdProgram {
  /** The servers will never do. */
  private record Useless(ExitCode code, String why) {}

  private final OutputStream out;
  private final LineWriter err;
  private LineWriter log;
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile Optional<Useless> useless = Optional.empty();

  /**
   * A lockexd that speaks to these; help and version go to {@code out}, all else to {@code err}.
   *
   * @param out for help and version
   * @param err for all else that is said
   */
  public LockexdProgram(OutputStream out, LineWriter err) {
    this.out = out;
    this.err = err;
    log = err;
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
        case ProgramRequest.Print<LockexdOptions>(String text) -> {
          out.write(text.getBytes(StandardCharsets.UTF_8));
          yield 0;
        }
        case ProgramRequest.Run<LockexdOptions>(LockexdOptions options) -> serve(options);
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
    } finally {
      log.finish();
      err.finish();
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
    log = log(configuration);
    DaemonLog.follow(options.verbosity(), configuration, log);
    Stderr stderr = new Stderr("lockexd", options.verbosity(), err);
    FileReloads files = new FileReloads(stderr);
    Signal.handle(new Signal("HUP"), signal -> files.readAll());
    options.connection().warnings().forEach(stderr::warning);
    if (!(options.connection().servers() instanceof ServerChoice.InFolder in)) {
      ServerLocation servers =
          ServerLocation.find(
              options.connection(), name -> Optional.ofNullable(System.getenv(name)));
      return serve(options, configuration, servers, files, stderr);
    }
    try (FolderServer inside = FolderServer.start(in.folder())) {
      return serve(options, configuration, inside.location(), files, stderr);
    }
  }

  private int serve(
      LockexdOptions options,
      LockserverConfiguration configuration,
      ServerLocation servers,
      FileReloads files,
      Stderr stderr)
      throws Exception {
    LockexdService service =
        LockexdService.of(options, configuration, servers, files, end::countDown, this::endBecause);
    try (files) {
      service.start();
      files.start();
      service.addresses().forEach(address -> stderr.detail("listening on " + address));
      ServiceManager.ready();
      end.await();
      ServiceManager.stopping();
      if (useless.isEmpty()) {
        return 0;
      }
      stderr.fault(useless.get().why());
      return useless.get().code().code();
    } catch (IOException e) {
      stderr.fault("listen: " + e.getMessage());
      return ExitCode.UNREACHABLE.code();
    } finally {
      service.stop();
    }
  }

  /** Where the log goes; nobody waits for its reader either. */
  private LineWriter log(LockserverConfiguration configuration) throws UsageException {
    if (configuration.logFile().isEmpty()) {
      return err;
    }
    Path file = configuration.logFile().get();
    try {
      LineWriter writer = new LineWriter(LogFile.open(file));
      Stderr _ =
          new Stderr("lockexd", Verbosity.DEFAULT, writer); // tells there how many lines were lost
      return writer;
    } catch (IOException e) {
      throw new UsageException("--config: LOG_FILE: " + FileWords.of(file, e));
    }
  }

  private void endBecause(ExitCode code, String why) {
    useless = Optional.of(new Useless(code, why));
    end.countDown();
  }

  private static LockserverConfiguration configuration(Path file) throws UsageException {
    try {
      return LockserverConfiguration.read(file);
    } catch (IOException e) {
      throw new UsageException("--config: " + FileWords.of(file, e));
    } catch (LockserverConfiguration.BadConfiguration e) {
      throw new UsageException("--config: " + e.getMessage());
    }
  }
}
