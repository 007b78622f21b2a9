package org.lockex.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.lockex.cli.Stderr;
import org.lockex.cli.UsageException;

/**
 * Files that may be replaced while lockexd runs: read at the start, on SIGHUP, and when they
 * change. What cannot be used leaves what was read before, and is one line.
 */
final class FileReloads implements AutoCloseable {
  /**
   * How often to look. inotify(7) would tell of a change in a folder, and not of one behind a
   * symbolic link or on a network's file system, which is how certificates come.
   */
  private static final long LOOK_SECONDS = 1;

  /** Reads files and takes over what is in them. */
  interface FileReading {
    /** Does it; where it throws nothing has changed. */
    void read() throws UsageException;
  }

  private static final class Watched {
    final List<Path> files;
    final FileReading reading;
    List<Object> seen;

    Watched(List<Path> files, FileReading reading) {
      this.files = files;
      this.reading = reading;
      this.seen = stamps(files);
    }
  }

  private final Stderr stderr;
  private final List<Watched> all = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1, task -> Thread.ofPlatform().daemon().name("files").unstarted(task));

  FileReloads(Stderr stderr) {
    this.stderr = stderr;
  }

  /**
   * Reads now, and again when one of the files changes.
   *
   * @throws UsageException if they cannot be used now
   */
  void read(List<Path> files, FileReading reading) throws UsageException {
    Watched watched = new Watched(files, reading);
    reading.read();
    if (!files.isEmpty()) {
      all.add(watched);
    }
  }

  /** Looks after the files from now on. */
  void start() {
    if (!all.isEmpty()) {
      var _ =
          executor.scheduleWithFixedDelay(
              () -> all.forEach(this::look), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Reads all of them again, soon. */
  void readAll() {
    // Where there is none, no thread is there, and making one may fail.
    if (!all.isEmpty()) {
      executor.execute(() -> {
        for (Watched watched : all) {
          watched.seen = stamps(watched.files);
          readAgain(watched);
        }
      });
    }
  }

  private void look(Watched watched) {
    List<Object> now = stamps(watched.files);
    if (!now.equals(watched.seen)) {
      watched.seen = now;
      readAgain(watched);
    }
  }

  private void readAgain(Watched watched) {
    try {
      watched.reading.read();
      stderr.detail(() -> "read again: " + names(watched.files));
    } catch (UsageException | RuntimeException e) {
      stderr.warning(e.getMessage() + "; what was read before stays");
    }
  }

  private static String names(List<Path> files) {
    return String.join(", ", files.stream().map(Path::toString).toList());
  }

  /** What differs when a file was written, replaced or made readable, behind links too. */
  private static List<Object> stamps(List<Path> files) {
    List<Object> stamps = new ArrayList<>();
    for (Path file : files) {
      try {
        stamps.add(Map.copyOf(Files.readAttributes(file, "unix:dev,ino,ctime,size")));
      } catch (IOException e) {
        stamps.add("");
      }
    }
    return stamps;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
