package org.lockex.local;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where the local server of one user keeps its data, its secret and its address; nobody else can
 * look in.
 *
 * @param path the folder, absolute
 */
record StateFolder(Path path) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int SECRET_BYTES = 32;
  private static final int STICKY = 01000; // sys/stat.h
  private static final int OTHERS_WRITE = 022;
  private static final int OTHERS = 077;

  /** {@return the user whose rights this process has} */
  static int uid() throws IOException {
    // Not the owner of /proc/self: that is root where the process is not dumpable, proc(5).
    String status = Files.readString(STATUS, US_ASCII);
    int line = status.indexOf("\nUid:\t") + "\nUid:\t".length();
    int effective = status.indexOf('\t', line) + 1;
    return Integer.parseInt(status.substring(effective, status.indexOf('\t', effective)));
  }

  private static int uid(Path file, LinkOption... options) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid", options);
  }

  /** Makes it for this user alone, or makes sure that it is, and not by somebody else's link. */
  void create() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path, OwnerRights.FOLDER);
    }
    int us = uid();
    int linker = uid(path, LinkOption.NOFOLLOW_LINKS);
    if (uid(path) != us || (linker != us && linker != 0)) {
      throw new FileSystemException(path.toString(), null, "belongs to another user");
    }
    OwnerRights.set(path);
  }

  /**
   * Makes the folder for a server that belongs to nobody in particular: one that is there may be
   * readable for others, but its files are not, and nobody else may put his own in their place. Nor
   * may he have done so before: a secret that somebody else made, or may read, is none.
   */
  void createForService() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path, OwnerRights.FOLDER);
      OwnerRights.set(path);
    }
    int us = uid();
    int owner = uid(path);
    if (owner != us && owner != 0) {
      throw new FileSystemException(path.toString(), null, "belongs to another user");
    }
    Path secret = path.resolve("secret");
    if (Files.exists(secret, LinkOption.NOFOLLOW_LINKS)) {
      if (uid(secret, LinkOption.NOFOLLOW_LINKS) != us || Files.isSymbolicLink(secret)) {
        throw new FileSystemException(secret.toString(), null, "was made by another user");
      }
      if ((OwnerRights.mode(secret) & OTHERS) != 0) {
        throw new FileSystemException(
            secret.toString(), null, "others may read or write it: delete it, and use another");
      }
    }
    boolean sticky = (OwnerRights.mode(path) & STICKY) != 0;
    if ((OwnerRights.mode(path) & OTHERS_WRITE) != 0 && !sticky) {
      OwnerRights.withdraw(
          path, Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
    }
    if (!Files.isDirectory(data())) {
      Files.createDirectory(data(), OwnerRights.FOLDER);
    }
    OwnerRights.setBelow(data());
  }

  /** Version 1.0 left one of these at each start. */
  void removeConfigurations() throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(path, "zookeeper.configuration*.properties")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  Path log() {
    return path.resolve("log");
  }

  /** Makes the log, if it is not there. */
  void makeLog() throws IOException {
    open(log().getFileName().toString()).close();
  }

  Path data() {
    return path.resolve("data");
  }

  Path run() {
    return path.resolve("run");
  }

  /** {@return whether a server of this user ever used it} */
  boolean isUsed() throws IOException {
    try {
      return uid(path.resolve("secret"), LinkOption.NOFOLLOW_LINKS) == uid();
    } catch (FileSystemException e) {
      return false; // not there, or out of this user's reach
    }
  }

  /** What {@link #note(String, String)} wrote. */
  Optional<String> note(String name) throws IOException {
    try {
      return Optional.of(Files.readString(path.resolve(name), US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void note(String name, String text) throws IOException {
    Path file = path.resolve(name);
    replace(file, text + "\n");
    keep(file);
  }

  /**
   * Keeps systemd-tmpfiles from deleting what was not used for a month: it leaves files with the
   * sticky bit, which means nothing else (XDG Base Directory Specification, XDG_RUNTIME_DIR).
   */
  void keep() {
    keepAll(path);
  }

  private static void keepAll(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          keepAll(file);
        } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          keep(file);
        }
      }
    } catch (IOException e) {
      // Then what is there may be deleted after a month without use, as all else.
    }
  }

  private static void keep(Path file) {
    try {
      int mode = OwnerRights.mode(file);
      if ((mode & STICKY) == 0) {
        Files.setAttribute(file, "unix:mode", mode | STICKY);
      }
    } catch (IOException e) {
      // ZooKeeper deletes old files at any time; and not every file system has the bit.
    }
  }

  /** The secret, made at the first call; the caller holds {@link #lockToStart}. */
  String secret() throws IOException {
    Path file = path.resolve("secret");
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      byte[] bytes = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(bytes);
      replace(file, HexFormat.of().formatHex(bytes));
      return Files.readString(file);
    }
  }

  /** Where the server said it is; whether it is still there is another question. */
  Optional<ServerAddress> address() throws IOException {
    try {
      return ServerAddress.parse(Files.readString(path.resolve("server")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void publish(ServerAddress address) throws IOException {
    replace(path.resolve("server"), address.text());
  }

  /** One starter at a time; waits for the other. Closing the channel unlocks. */
  FileChannel lockToStart() throws IOException {
    return locked("starting");
  }

  /**
   * Held by the server as long as it lives, so that no crash leaves it behind.
   *
   * @param predecessor how long another server may take to let go of it
   */
  FileChannel lockToServe(Duration predecessor) throws IOException, TimeoutException {
    FutureTask<FileChannel> lock = new FutureTask<>(() -> locked("serving"));
    Thread.ofPlatform().daemon().name("lock").start(lock);
    try {
      return lock.get(predecessor.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException why ? why : new IOException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this", e);
    }
  }

  private FileChannel locked(String name) throws IOException {
    FileChannel channel = open(name);
    channel.lock();
    return channel;
  }

  /**
   * Whether a server lives: then the published port is its own, and nobody else's to learn the
   * secret on.
   */
  boolean isServed() throws IOException {
    try (FileChannel channel = FileChannel.open(path.resolve("serving"), StandardOpenOption.READ);
        FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return shared == null;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private FileChannel open(String name) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(name),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            OwnerRights.FILE);
    OwnerRights.set(path.resolve(name));
    return channel;
  }

  private void replace(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel channel =
        FileChannel.open(
            part,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OwnerRights.FILE)) {
      channel.write(java.nio.ByteBuffer.wrap(text.getBytes(US_ASCII)));
      channel.force(true);
    }
    OwnerRights.set(part);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes the address back: who comes now waits for {@link #lockToStart}. */
  void retract() throws IOException {
    Files.deleteIfExists(path.resolve("server"));
  }
}
