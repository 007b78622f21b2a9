package org.lockex.local;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Where the local server of one user keeps its data, its secret and its address; nobody else can
 * look in.
 *
 * @param path the folder, absolute
 */
record StateFolder(Path path) {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Path SELF = Path.of("/proc/self");
  private static final int SECRET_BYTES = 32;
  private static final int STICKY = 01000; // sys/stat.h
  private static final int OTHERS_WRITE = 022;
  private static final int OTHERS = 077;

  /**
   * Finds the folder: {@code $XDG_STATE_HOME/lockex}, for root /var/lib/lockex, for others {@code
   * ~/.local/state/lockex} (XDG Base Directory Specification 0.8); for those who have no home that
   * they can write to, /var/tmp/lockex-UID, which outlives a boot.
   *
   * @param environment looks up a variable, empty where it is not set
   */
  static StateFolder find(Function<String, Optional<String>> environment) {
    Optional<Path> state = absolute(environment.apply("XDG_STATE_HOME"));
    if (state.isPresent()) {
      return new StateFolder(state.get().resolve("lockex"));
    }
    Object uid;
    try {
      uid = uid(SELF);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Linux without /proc
    }
    if (uid.equals(0)) {
      return new StateFolder(Path.of("/var/lib/lockex"));
    }
    return new StateFolder(
        absolute(environment.apply("HOME"))
            // from the user database; "?" where it does not know the user
            .or(() -> absolute(Optional.ofNullable(System.getProperty("user.home"))))
            .flatMap(StateFolder::below)
            .orElse(Path.of("/var/tmp/lockex-" + uid)));
  }

  private static Optional<Path> below(Path home) {
    Path folder = home.resolve(".local/state/lockex");
    return Files.isDirectory(folder) || Files.isWritable(home)
        ? Optional.of(folder)
        : Optional.empty();
  }

  private static Optional<Path> absolute(Optional<String> text) {
    return text.map(Path::of).filter(Path::isAbsolute);
  }

  private static Object uid(Path file, LinkOption... options) throws IOException {
    return Files.getAttribute(file, "unix:uid", options);
  }

  /** Makes it for this user alone, or makes sure that it is, and not by somebody else's link. */
  void create() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path, OWNER_FOLDER);
    }
    Object us = uid(SELF);
    Object linker = uid(path, LinkOption.NOFOLLOW_LINKS);
    if (!uid(path).equals(us) || !(linker.equals(us) || linker.equals(0))) {
      throw new FileSystemException(path.toString(), null, "belongs to another user");
    }
    Set<PosixFilePermission> forUser = PosixFilePermissions.fromString("rwx------");
    if (!Files.getPosixFilePermissions(path).equals(forUser)) {
      Files.setPosixFilePermissions(path, forUser);
    }
  }

  /**
   * Makes the folder for a server that belongs to nobody in particular: one that is there may be
   * readable for others, but its files are not, and nobody else may put his own in their place. Nor
   * may he have done so before: a secret that somebody else made, or may read, is none.
   */
  void createForService() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path, OWNER_FOLDER);
    }
    Object us = uid(SELF);
    Object owner = uid(path);
    if (!owner.equals(us) && !owner.equals(0)) {
      throw new FileSystemException(path.toString(), null, "belongs to another user");
    }
    Path secret = path.resolve("secret");
    if (Files.exists(secret, LinkOption.NOFOLLOW_LINKS)) {
      if (!uid(secret, LinkOption.NOFOLLOW_LINKS).equals(us) || Files.isSymbolicLink(secret)) {
        throw new FileSystemException(secret.toString(), null, "was made by another user");
      }
      if ((mode(secret) & OTHERS) != 0) {
        throw new FileSystemException(
            secret.toString(), null, "others may read or write it: delete it, and use another");
      }
    }
    boolean sticky = (mode(path) & STICKY) != 0;
    if ((mode(path) & OTHERS_WRITE) != 0 && !sticky) {
      withdraw(path, Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
    }
    if (Files.isDirectory(data())) {
      withdraw(
          data(),
          EnumSet.complementOf(
              EnumSet.of(
                  PosixFilePermission.OWNER_READ,
                  PosixFilePermission.OWNER_WRITE,
                  PosixFilePermission.OWNER_EXECUTE)));
    } else {
      Files.createDirectory(data(), OWNER_FOLDER);
    }
  }

  private static int mode(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:mode");
  }

  private static void withdraw(Path file, Set<PosixFilePermission> rights) throws IOException {
    Set<PosixFilePermission> left = Files.getPosixFilePermissions(file);
    if (left.removeAll(rights)) {
      Files.setPosixFilePermissions(file, left);
    }
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

  Path data() {
    return path.resolve("data");
  }

  Path run() {
    return path.resolve("run");
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
    return FileChannel.open(
        path.resolve(name),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        OWNER_FILE);
  }

  private void replace(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel channel =
        FileChannel.open(
            part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_FILE)) {
      channel.write(java.nio.ByteBuffer.wrap(text.getBytes(US_ASCII)));
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes the address back: who comes now waits for {@link #lockToStart}. */
  void retract() throws IOException {
    Files.deleteIfExists(path.resolve("server"));
  }
}
