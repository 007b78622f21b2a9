package org.lockex.child;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What lockex was started with and hands on to the command unchanged. Taken at the first line of
 * main, before anything else opens descriptors or changes signals.
 *
 * <p>Environment and signals are as the launcher saw them where it tells (see {@link
 * LauncherCapture}), because a shell drops variables with odd names and adds some of its own, and
 * the JVM takes over signals before main. Otherwise they are as this process has them.
 *
 * @param arguments the bytes of lockex's own arguments, after the main class, in order
 * @param environ the environment the launcher was started with, each entry {@code NAME=value}
 * @param descriptors open descriptors without FD_CLOEXEC, ascending
 * @param ignored signals ignored at the start: bit n - 1 is signal n, as in proc(5)'s SigIgn
 * @param blocked signals blocked at the start, likewise
 */
public record Inherited(
    List<byte[]> arguments,
    List<byte[]> environ,
    List<Integer> descriptors,
    long ignored,
    long blocked) {
  /** Copies the lists. */
  public Inherited {
    arguments = List.copyOf(arguments);
    environ = List.copyOf(environ);
    descriptors = List.copyOf(descriptors);
  }

  /**
   * Looks at this process. The system property {@code lockex.closed} names the standard descriptors
   * that were closed and that the launcher opened on /dev/null, for instance {@code 02}.
   *
   * @param mainClass the class whose main runs: the arguments follow its name in /proc/self/cmdline
   * @return what is handed on
   */
  public static Inherited capture(Class<?> mainClass) {
    List<byte[]> variables = split(read("/proc/self/environ"));
    LauncherCapture capture =
        LauncherCapture.in(variables)
            .orElseGet(() -> new LauncherCapture(variables, read("/proc/self/status")));
    return new Inherited(
        after(mainClass.getName(), split(read("/proc/self/cmdline"))),
        capture.environ(),
        descriptors(System.getProperty("lockex.closed", "")),
        capture.signals("SigIgn"),
        capture.signals("SigBlk"));
  }

  /**
   * {@return whether the signal was ignored when lockex was started, as HUP is under nohup}
   *
   * @param signal a signal number, 1 to 64
   */
  public boolean ignores(int signal) {
    return (ignored >>> (signal - 1) & 1) != 0;
  }

  /**
   * {@return the value of a variable, empty where it is not set}
   *
   * @param name the variable's
   */
  public Optional<String> variable(String name) {
    byte[] prefix = (name + "=").getBytes(UTF_8);
    for (byte[] entry : environ) {
      if (entry.length >= prefix.length
          && Arrays.equals(entry, 0, prefix.length, prefix, 0, prefix.length)) {
        return Optional.of(new String(entry, prefix.length, entry.length - prefix.length, UTF_8));
      }
    }
    return Optional.empty();
  }

  /** NUL-terminated strings, as the kernel shows argv and environ. */
  static List<byte[]> split(byte[] bytes) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        parts.add(Arrays.copyOfRange(bytes, start, i));
        start = i + 1;
      }
    }
    return parts;
  }

  private static List<byte[]> after(String mainClass, List<byte[]> cmdline) {
    for (int i = 0; i < cmdline.size(); i++) {
      if (new String(cmdline.get(i), ISO_8859_1).equals(mainClass)) {
        return cmdline.subList(i + 1, cmdline.size());
      }
    }
    return List.of(); // started from a test or an archive: there is no telling
  }

  /**
   * Those without FD_CLOEXEC that are not of the image. The JVM opens lib/modules and its jars
   * without it, and dash the launcher where descriptors 3 to 9 are in use. To close one of these
   * would be the end of class loading.
   */
  private static List<Integer> descriptors(String closed) {
    Path image = Path.of(System.getProperty("java.home")).getParent();
    List<Integer> kept = new ArrayList<>();
    String[] open = new File("/proc/self/fd").list();
    for (String name : open == null ? new String[0] : open) {
      if (!(name.length() == 1 && closed.contains(name)) && inherits(name)) {
        Path target = target(name);
        if (!target.startsWith(image) && !isOnClassPath(target)) {
          kept.add(Integer.valueOf(name));
        }
      }
    }
    kept.sort(null);
    return kept;
  }

  private static boolean isOnClassPath(Path target) {
    return target.toString().endsWith(".jar")
        && Arrays.stream(System.getProperty("java.class.path").split(":", -1))
            .anyMatch(entry -> isSame(target, Path.of(entry)));
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException missing) {
      return false;
    }
  }

  /** By the octal flags in fdinfo, proc(5), where 02000000 is O_CLOEXEC. */
  private static boolean inherits(String fd) {
    for (String line : string("/proc/self/fdinfo/" + fd).split("\n", -1)) {
      if (line.startsWith("flags:")) {
        return (Long.parseLong(line.substring(6).strip(), 8) & Libc.O_CLOEXEC) == 0;
      }
    }
    return false; // closed meanwhile: the directory that was read
  }

  /** A path for files; pipes and sockets have a name such as "pipe:[7]". */
  private static Path target(String fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd", fd));
    } catch (IOException e) {
      return Path.of("");
    }
  }

  private static String string(String file) {
    try (FileInputStream in = new FileInputStream(file)) {
      return new String(in.readAllBytes(), ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static byte[] read(String file) {
    try (FileInputStream in = new FileInputStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
