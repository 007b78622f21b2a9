package org.lockex.run;

import java.util.concurrent.LinkedBlockingQueue;
import org.lockex.child.Inherited;
import org.lockex.child.SignalReader;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.Stderr;
import org.lockex.cli.Streams;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockex.LockexOptions;

/**
 * lockex with a thread that dies when it tells of an event: the one whose text begins with the
 * property {@code faulty}.
 */
public final class FaultyRun {
  private FaultyRun() {}

  private static final class FaultyQueue extends LinkedBlockingQueue<RunEvent> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean add(RunEvent event) {
      if (event.toString().startsWith(System.getProperty("faulty"))) {
        throw new IllegalStateException("torn");
      }
      return super.add(event);
    }
  }

  /** Exit codes as lockex's. */
  public static void main(String[] args) throws Exception {
    Inherited inherited = Inherited.capture(FaultyRun.class);
    if (LockexCommand.read(inherited.arguments(), inherited::variable)
        instanceof ProgramRequest.Run<LockexOptions>(LockexOptions options)) {
      Streams streams = Streams.standard();
      Stderr stderr = new Stderr("lockex", options.verbosity(), streams.err());
      SignalReader signals = SignalReader.start((_, _) -> {}, _ -> {});
      RunOutcome outcome =
          new RunUnderLock(options, inherited, signals, new FaultyQueue(), stderr).run();
      streams.err().finish();
      Runtime.getRuntime().halt(outcome.exitCode());
    }
  }
}
