package org.lockex.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.lockex.ExitCode;
import org.lockex.child.ProcessEnd;
import org.lockex.child.ServiceManager;
import org.lockex.child.Signals;
import org.lockex.cli.FileWords;
import org.lockex.cli.LineWriter;
import org.lockex.cli.LogEvent;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.ServerChoice;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;
import org.lockex.cli.VerbosityOptions;
import org.lockex.cli.lockexd.LockexdCommand;
import org.lockex.cli.lockexd.LockexdOptions;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.local.FolderServer;
import org.lockex.local.LocalException;
import org.lockex.local.ServerLocation;
import org.slf4j.LoggerFactory;

/** lockexd as a program, from its first line to its exit code. */
public final class LockexdProgram {
  private final OutputStream out;
  private final LineWriter err;
  private LineWriter log;

  /** Completed with the exit code, by whatever ends lockexd first. */
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  /** Clients could be served once. */
  private volatile boolean served;

  /** How long the last answers may take when it ends. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

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
    Stderr stderr =
        new Stderr(
            "lockexd",
            VerbosityOptions.ofUnread(Stream.of(args).map(String::getBytes).toList()),
            err);
    try {
      ServiceSignals signals =
          new ServiceSignals(why -> broken(stderr, "a defect in thread signals: " + why));
      // Nothing is begun, and what is read first may be a pipe to which nobody writes.
      signals.on(Signals.TERM, () -> ProcessEnd.with(0));
      signals.on(Signals.INT, () -> ProcessEnd.with(0));
      signals.on(Signals.QUIT, () -> ThreadDump.write(err));
      return switch (LockexdCommand.read(args, name -> Optional.ofNullable(System.getenv(name)))) {
        case ProgramRequest.Print<LockexdOptions>(String text) -> print(text, stderr);
        case ProgramRequest.Run<LockexdOptions>(LockexdOptions options) -> serve(options, signals);
      };
    } catch (UsageException e) {
      return stderr.fail(ExitCode.USAGE.code(), LogEvent.USAGE, String.valueOf(e.getMessage()));
    } catch (LocalException e) {
      return stderr.fail(ExitCode.UNREACHABLE.code(), String.valueOf(e.getMessage()));
    } catch (Exception | OutOfMemoryError e) {
      // Of memory for a thread: the others would go on without this one.
      return stderr.fail(ExitCode.INTERNAL.code(), "serve: " + e);
    } finally {
      log.finish();
      err.finish();
    }
  }

  private int print(String text, Stderr stderr) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      return 0;
    } catch (IOException e) {
      return stderr.fail(ExitCode.INTERNAL.code(), "write on standard output: " + e.getMessage());
    }
  }

  private int serve(LockexdOptions options, ServiceSignals signals) throws Exception {
    Stderr stderr = new Stderr("lockexd", options.verbosity(), err);
    LockserverConfiguration configuration =
        options.config().isPresent()
            ? configuration(options.config().get())
            : LockserverConfiguration.NONE;
    log = log(configuration);
    DaemonLog.follow(options.verbosity(), configuration, log);
    signals.on(Signals.TERM, () -> end.complete(0));
    signals.on(Signals.INT, () -> end.complete(0));
    FileReloads files = new FileReloads(stderr);
    signals.on(Signals.HUP, files::readAll);
    options.connection().warnings().forEach(stderr::warning);
    if (!(options.connection().servers() instanceof ServerChoice.InFolder in)) {
      ServerLocation servers =
          ServerLocation.find(
              options.connection(), name -> Optional.ofNullable(System.getenv(name)));
      return serve(options, configuration, servers, files, signals, stderr);
    }
    try (FolderServer inside = FolderServer.start(in.folder())) {
      inside.whenDead(why -> broken(stderr, why));
      return serve(options, configuration, inside.location(), files, signals, stderr);
    }
  }

  private int serve(
      LockexdOptions options,
      LockserverConfiguration configuration,
      ServerLocation servers,
      FileReloads files,
      ServiceSignals signals,
      Stderr stderr)
      throws Exception {
    LockexdService service =
        LockexdService.of(
            options,
            configuration,
            servers,
            files,
            () -> end.complete(0),
            (code, why) -> useless(stderr, code, why),
            stderr);
    signals.on(Signals.USR1, () -> service.draining().begin("SIGUSR1"));
    // A thread that dies leaves lockexd half alive.
    Thread.setDefaultUncaughtExceptionHandler((thread, why) -> died(stderr, thread, why));
    CountDownLatch over = new CountDownLatch(1);
    Thread stopping = stopping(service, over);
    try (files) {
      service.start();
      files.start();
      service
          .addresses()
          .forEach(address -> stderr.detail(LogEvent.LISTENING, () -> "listening on " + address));
      ServiceManager.watchdog()
          .ifPresent(limit -> new Watchdog(service.leases(), limit, ServiceManager::alive).start());
      if (isThere(service.availability(), options.connection().connectTimeout(), stderr)) {
        ServiceManager.ready();
        stderr.detail(LogEvent.READY, () -> "ready");
      }
      int code = end.get();
      ServiceManager.stopping();
      return code;
    } catch (IOException e) {
      return stderr.fail(ExitCode.UNREACHABLE.code(), "listen: " + e.getMessage());
    } finally {
      over.countDown();
      stopping.join(STOP_TIMEOUT);
    }
  }

  /** Where the log goes; nobody waits for its reader either. */
  private LineWriter log(LockserverConfiguration configuration) throws UsageException {
    if (configuration.logFile().isEmpty()) {
      return err;
    }
    Path file = configuration.logFile().get();
    try {
      return new LineWriter(LogFile.open(file));
    } catch (IOException e) {
      throw new UsageException("--config: LOG_FILE: " + FileWords.of(file, e));
    }
  }

  /** Waits until clients can be served; false if it ends before. */
  private boolean isThere(Availability availability, Duration limit, Stderr stderr)
      throws InterruptedException, ExecutionException {
    try {
      CompletableFuture.anyOf(availability.first(), end)
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
      served = !end.isDone();
      return served;
    } catch (TimeoutException e) {
      ExitCode code = availability.lacksRights() ? ExitCode.NOT_AUTHORISED : ExitCode.UNREACHABLE;
      end.complete(stderr.fail(code.code(), availability.why()));
      return false;
    }
  }

  /**
   * These servers will never do. One that has served is waited for, and {@link Availability} says
   * why.
   */
  private void useless(Stderr stderr, ExitCode code, String why) {
    if (!served && end.complete(code.code())) {
      int _ = stderr.fail(code.code(), why);
    }
  }

  /** A virtual thread has one client's matter in hand, and ends with it. */
  private void died(Stderr stderr, Thread thread, Throwable why) {
    LoggerFactory.getLogger(LockexdProgram.class).error("a defect in lockexd", why);
    if (!thread.isVirtual()) {
      broken(stderr, "a defect in thread " + thread.getName() + ": " + why);
    }
  }

  /** Something inside cannot go on: a service manager starts us anew. */
  private void broken(Stderr stderr, String why) {
    if (end.complete(ExitCode.INTERNAL.code())) {
      int _ = stderr.fail(ExitCode.INTERNAL.code(), why);
    }
  }

  /**
   * Stops it in order when it is over, unless what is broken keeps it from that. Made before: that
   * there are no more threads to be had may be why it is over.
   */
  private static Thread stopping(LockexdService service, CountDownLatch over) {
    return Thread.ofPlatform()
        .daemon()
        .name("stop")
        .start(() -> {
          try {
            over.await();
            service.stop();
          } catch (Exception e) {
            LoggerFactory.getLogger(LockexdProgram.class).warn("stop: {}", e.toString());
          }
        });
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
