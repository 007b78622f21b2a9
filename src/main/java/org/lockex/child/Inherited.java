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
import org.lockex.child.LauncherCapture.SignalMasks;

/**
 * What lockex was started with and hands on to the command unchanged. Taken at the first line of
 * main, before anything else opens descriptors or changes signals.
 *
 * <p>Arguments, environment and signals are those of the launcher where it tells (see {@link
 * LauncherCapture}), because a shell drops variables with odd names and adds some of its own, and
 * the JVM takes over signals before main. Otherwise they are as this process has them.
 *
 * @param arguments the bytes of lockex's own arguments, in order
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
  /** For a lockex that does not know. */
  public static final Inherited NOTHING = new Inherited(List.of(), List.of(), List.of(), 0, 0);

  /** A shell ignores these in what it runs in the background, whatever was before. */
  private static final long BACKGROUND =
      SignalDisposition.mask(Signals.INT) | SignalDisposition.mask(Signals.QUIT);

  /** Copies the lists. */
  public Inherited {
    arguments = List.copyOf(arguments);
    environ = List.copyOf(environ);
    descriptors = List.copyOf(descriptors);
  }

  /**
   * Looks at the launcher and this process. System properties tell: {@code lockex.closed} the
   * standard descriptors that were closed and that the launcher opened on /dev/null, for instance
   * {@code 02}; {@code lockex.masks} what is ignored and blocked, where neither the launcher's copy
   * nor this process still has it.
   *
   * @param mainClass as in {@link #ofThisProcess}
   * @return what is handed on
   * @throws LauncherGone if the launcher left something to read that is not there any more
   */
  public static Inherited capture(Class<?> mainClass) throws LauncherGone {
    Optional<LauncherCapture> told = LauncherCapture.told();
    if (told.isEmpty()) {
      return ofThisProcess(mainClass);
    }
    LauncherCapture launcher = told.get();
    // The JVM leaves INT and QUIT alone; other signals it has taken by now.
    SignalMasks masks =
        toldMasks().orElse(SignalMasks.of(launcher.status()).ignoring(BACKGROUND, ownMasks()));
    return new Inherited(
        launcher.arguments(),
        launcher.environ(),
        descriptors(System.getProperty("lockex.closed", "") + launcher.pipe()),
        masks.ignored(),
        masks.blocked());
  }

  /**
   * Looks at this process alone.
   *
   * @param mainClass the class whose main runs: the arguments follow its name in /proc/self/cmdline
   * @return what is handed on
   */
  public static Inherited ofThisProcess(Class<?> mainClass) {
    SignalMasks masks = toldMasks().orElseGet(Inherited::ownMasks);
    return new Inherited(
        after(mainClass.getName(), split(read("/proc/self/cmdline"))),
        split(read("/proc/self/environ")),
        descriptors(System.getProperty("lockex.closed", "")),
        masks.ignored(),
        masks.blocked());
  }

  private static Optional<SignalMasks> toldMasks() {
    String told = System.getProperty("lockex.masks", "");
    return told.isEmpty() ? Optional.empty() : Optional.of(SignalMasks.ofLines(told));
  }

  private static SignalMasks ownMasks() {
    return SignalMasks.of(string("/proc/self/status"));
  }

  /**
   * Lets the copy of the launcher go; once, before the command is started, because the copy has the
   * same descriptors open.
   *
   * @throws ChildException if the working directory of the start is out of reach
   */
  public static void releaseLauncher() throws ChildException {
    Optional<LauncherCapture> launcher = LauncherCapture.told();
    if (launcher.isPresent()) {
      launcher.get().returnToDirectory();
      launcher.get().release();
    }
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
    String inItsModule = "org.lockex/" + mainClass;
    for (int i = 0; i < cmdline.size(); i++) {
      String word = new String(cmdline.get(i), ISO_8859_1);
      if (word.equals(inItsModule) || word.equals(mainClass)) {
        return cmdline.subList(i + 1, cmdline.size());
      }
    }
    return List.of(); // started from a test or an archive: there is no telling
  }

  /**
   * Those without FD_CLOEXEC that are not of the image, nor one of these digits. The JVM opens
   * lib/modules and its jars without it, and dash the launcher where descriptors 3 to 9 are in use.
   * To close one of these would be the end of class loading.
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

  static String string(String file) {
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

  /**
   * What lockex was started with cannot be told any more: somebody ended the copy of the launcher's
   * shell, most often with a signal to the whole group that lockex has got, too.
   */
  public static final class LauncherGone extends Exception {
    private static final long serialVersionUID = 1L;

    LauncherGone() {
      super("the shell that keeps the environment of the start was ended");
    }
  }
}
