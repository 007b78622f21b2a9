package org.lockex.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lockex.child.Command;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.znode.RunOrigin;
import org.lockex.znode.RunRecord;

/**
 * Where the command would run. The id derived from {@code ./job} is the same in every directory: to
 * exclude too much is the safe side, and to say nothing of it is not.
 */
final class CommandOrigin {
  /** Where nodes do not tell commands. */
  private static final RunOrigin UNTOLD = new RunOrigin("?", "?");

  private CommandOrigin() {}

  /** Of this process and its command. */
  static RunOrigin of(LockexOptions options, List<byte[]> environ) {
    if (!options.connection().metadata().command()) {
      return UNTOLD;
    }
    String program = new String(new Command(options.command(), environ).file(), UTF_8);
    try {
      Path directory = Files.readSymbolicLink(Path.of("/proc/self/cwd"));
      return new RunOrigin(
          directory.toString(),
          program.indexOf('/') < 0 ? program : directory.resolve(program).normalize().toString());
    } catch (IOException | InvalidPathException e) {
      return new RunOrigin("?", program);
    }
  }

  /** The words for {@code -v} where an id is derived from a relative path; empty where not. */
  static Optional<String> remark(LockexOptions options) {
    String program = new String(options.command().getFirst(), UTF_8);
    return options.derivedId() && program.indexOf('/') > 0
        ? Optional.of(
            "the name of the lock is derived from the relative path "
                + program
                + ": it is the same in every directory (-i gives another)")
        : Optional.empty();
  }

  /**
   * The one line about a skip because of a run that may have been another job's; empty where it was
   * here, where nobody knows, and where the lock was given a name.
   */
  static Optional<String> doubt(LockexOptions options, RunOrigin here, RunRecord last) {
    if (!options.derivedId() || last.origin().isEmpty() || here.equals(UNTOLD)) {
      return Optional.empty();
    }
    RunOrigin there = last.origin().get();
    if (there.equals(here) || there.equals(UNTOLD)) {
      return Optional.empty();
    }
    return Optional.of(
        "lock "
            + options.connection().root().pathOf(options.lockId())
            + ": skipped because of a run of "
            + there.program()
            + " in "
            + there.directory()
            + ", not of "
            + here.program()
            + " in "
            + here.directory()
            + ": if these are two jobs, give each its lock with -i");
  }
}
