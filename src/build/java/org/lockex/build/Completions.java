package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockexctl.LockexctlCommand;
import org.lockex.cli.lockexd.LockexdCommand;
import picocli.CommandLine.Model.CommandSpec;

/** What shells need to complete command lines, made from the options themselves. */
final class Completions {
  private Completions() {}

  /** Writes the files for bash and zsh where packages look for them below {@code share}. */
  static void write(Path share) throws IOException {
    Path bash = Files.createDirectories(share.resolve("bash-completion/completions"));
    Path zsh = Files.createDirectories(share.resolve("zsh/site-functions"));
    CommandSpec lockex = LockexCommand.spec();
    CommandSpec lockexctl = LockexctlCommand.spec();
    CommandSpec lockexd = LockexdCommand.spec();
    Folders.write(bash.resolve("lockex"), BashCompletion.ofWrapper(lockex).getBytes(UTF_8));
    Folders.write(bash.resolve("lockexctl"), BashCompletion.ofTool(lockexctl).getBytes(UTF_8));
    Folders.write(bash.resolve("lockexd"), BashCompletion.ofPlain(lockexd).getBytes(UTF_8));
    Folders.write(zsh.resolve("_lockex"), ZshCompletion.ofWrapper(lockex).getBytes(UTF_8));
    Folders.write(zsh.resolve("_lockexctl"), ZshCompletion.ofTool(lockexctl).getBytes(UTF_8));
    Folders.write(zsh.resolve("_lockexd"), ZshCompletion.ofPlain(lockexd).getBytes(UTF_8));
  }
}
