package org.lockex.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process sees where: /proc/PID/mountinfo, proc(5).
 *
 * @param text its lines
 */
record MountTable(String text) {
  private static final Path OWN = Path.of("/proc/self/mountinfo");
  private static final Path FIRST = Path.of("/proc/1/mountinfo");

  /**
   * {@return whether this process has something else at {@code path} than the first process of the
   * machine or container has, as under systemd's PrivateTmp}
   *
   * @param path absolute, plain ASCII
   */
  static boolean isPrivate(String path) throws IOException {
    MountTable own = read(OWN);
    MountTable first;
    try {
      first = read(FIRST);
    } catch (IOException e) {
      return own.isOfOneService(path); // hidden: mount option hidepid of proc(5)
    }
    return own.differs(first, path);
  }

  /** Each byte a character: a name may be in any encoding. */
  private static MountTable read(Path file) throws IOException {
    return new MountTable(Files.readString(file, ISO_8859_1));
  }

  /** Under another root this is another system, with a {@code path} of its own by rights. */
  boolean differs(MountTable other, String path) {
    Optional<String> root = origin("/");
    return root.isPresent()
        && root.equals(other.origin("/"))
        && !origin(path).equals(other.origin(path));
  }

  /**
   * By the name that systemd gives it for PrivateTmp (setup_one_tmp_dir in its namespace.c), or,
   * for {@code PrivateTmp=disconnected}, by lying in memory where the machine's root does not.
   */
  boolean isOfOneService(String path) {
    String origin = origin(path).orElse("");
    return origin.contains("/systemd-private-")
        || (origin.startsWith("tmpfs ") && !origin("/").orElse("").startsWith("tmpfs "));
  }

  /** The file system that has {@code path}, and the path there; empty where none is known. */
  Optional<String> origin(String path) {
    String found = "";
    int longest = 0;
    for (String line : text.split("\n")) {
      String[] fields = line.split(" ", 6); // id, parent, device, root, mount point, more
      if (fields.length == 6) {
        String point = folder(fields[4]);
        // Of two at one point the later lies above.
        if (folder(path).startsWith(point) && point.length() >= longest) {
          longest = point.length();
          found =
              type(fields[5])
                  + " "
                  + fields[2]
                  + " "
                  + folder(fields[3])
                  + folder(path).substring(longest);
        }
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /** What follows the lone hyphen, up to the next blank. */
  private static String type(String rest) {
    int start = rest.indexOf(" - ") + " - ".length();
    return rest.substring(start, rest.indexOf(' ', start));
  }

  private static String folder(String path) {
    return path.endsWith("/") ? path : path + "/";
  }
}
