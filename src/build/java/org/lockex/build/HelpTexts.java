package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.ProgramRequest;
import org.lockex.cli.UsageException;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockexctl.LockexctlCommand;
import org.lockex.cli.lockexd.LockexdCommand;

/** What the programs say to {@code --help}, for launchers that say it without a JVM. */
final class HelpTexts {
  private static final String HELP = "--help";

  private HelpTexts() {}

  /** Writes {@code PROGRAM.help} for each. */
  static void write(Path lib) throws IOException {
    List<byte[]> argv = List.of(HELP.getBytes(UTF_8));
    try {
      if (LockexCommand.read(argv, _ -> Optional.empty()) instanceof ProgramRequest.Print<?> lockex
          && LockexctlCommand.read(argv, _ -> Optional.empty())
              instanceof ProgramRequest.Print<?> ctl
          && LockexdCommand.read(new String[] {HELP}, _ -> Optional.empty())
              instanceof ProgramRequest.Print<?> lockexd) {
        write(lib, "lockex", lockex.text());
        write(lib, "lockexctl", ctl.text());
        write(lib, "lockexd", lockexd.text());
      }
    } catch (UsageException e) {
      throw new IOException(HELP, e);
    }
  }

  private static void write(Path lib, String program, String text) throws IOException {
    Folders.write(lib.resolve(program + ".help"), text.getBytes(UTF_8));
  }
}
