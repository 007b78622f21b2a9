package org.lockex.child;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lockex.child.Inherited.LauncherGone;

/**
 * What the launcher was started with. It leaves a copy of its shell behind, which waits for lockex
 * to close a pipe: what /proc shows of that one are the environment, arguments and signals of
 * before, as bytes, and as many as execve(2) takes. In a variable or an argument they would count
 * against that limit for a second time, and a shell drops variables with odd names.
 *
 * @param pipe lockex's end: the copy lives until it is closed
 * @param shown the copy's number in /proc
 * @param pid the copy's number for waitid(2): another where /proc is a parent namespace's
 * @param words how many arguments lockex has: the last ones of its command line
 */
record LauncherCapture(int pipe, int shown, int pid, int words) {
  /**
   * Told by the launcher in the system property {@code lockex.origin}; not there without a
   * launcher, or where none of the descriptors 3 to 9 was free for the pipe.
   */
  static Optional<LauncherCapture> told() {
    String[] numbers = System.getProperty("lockex.origin", "").split(",", -1);
    return numbers.length == 4
        ? Optional.of(
            new LauncherCapture(
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                Integer.parseInt(numbers[3])))
        : Optional.empty();
  }

  /** The environment, each entry {@code NAME=value}. */
  List<byte[]> environ() throws LauncherGone {
    return Inherited.split(read("environ"));
  }

  /** The arguments after the launcher's name. */
  List<byte[]> arguments() throws LauncherGone {
    List<byte[]> all = Inherited.split(read("cmdline"));
    if (all.size() < words) {
      throw new LauncherGone();
    }
    return all.subList(all.size() - words, all.size());
  }

  /** The signals' masks; see {@link SignalMasks}. */
  String status() throws LauncherGone {
    return new String(read("status"), ISO_8859_1);
  }

  /**
   * To the working directory of the start, which a JVM cannot begin in when it is deleted; the
   * launcher says so.
   */
  void returnToDirectory() throws ChildException {
    if (Boolean.getBoolean("lockex.away")
        && Libc.chdir(("/proc/" + shown + "/cwd").getBytes(ISO_8859_1)) < 0) {
      throw new ChildException("cannot go back to the deleted working directory");
    }
  }

  /** Ends the copy and waits for its end: it has the descriptors that the command will have. */
  void release() {
    Libc.close(pipe);
    Libc.awaitEnd(pid);
  }

  private byte[] read(String name) throws LauncherGone {
    try (FileInputStream in = new FileInputStream("/proc/" + shown + "/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new LauncherGone();
    }
  }

  /**
   * Two of a process's masks as proc(5) shows them: bit n - 1 is signal n.
   *
   * @param ignored SigIgn
   * @param blocked SigBlk
   */
  record SignalMasks(long ignored, long blocked) {
    /** From the text of a /proc/PID/status. */
    static SignalMasks of(String status) {
      return new SignalMasks(mask("SigIgn", status), mask("SigBlk", status));
    }

    /** From two lines with the masks alone, blocked first. */
    static SignalMasks ofLines(String lines) {
      String[] masks = lines.split("\n", -1);
      return new SignalMasks(parse(masks[1]), parse(masks[0]));
    }

    /** With these bits of what is ignored from another. */
    SignalMasks ignoring(long signals, SignalMasks other) {
      return new SignalMasks((ignored & ~signals) | (other.ignored & signals), blocked);
    }

    private static long mask(String name, String status) {
      int start = status.indexOf("\n" + name + ":");
      if (start < 0) {
        return 0;
      }
      start += name.length() + 2;
      return parse(status.substring(start, status.indexOf('\n', start)));
    }

    private static long parse(String hex) {
      return Long.parseUnsignedLong(hex.strip(), 16);
    }
  }
}
