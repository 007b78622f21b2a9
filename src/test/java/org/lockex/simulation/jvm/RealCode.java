package org.lockex.simulation.jvm;

import java.io.IOException;
import java.io.InputStream;

/**
 * Loads the code of lockex, of Curator and of ZooKeeper's client once more, with {@link Rewriting}:
 * all of it is as it is shipped, but for its clocks, its threads and its socket.
 */
public final class RealCode extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  /** Nothing is loaded yet. */
  public RealCode() {
    super("simulated", RealCode.class.getClassLoader());
  }

  private static boolean isOurs(String name) {
    return (name.startsWith("org.lockex.") && !isShared(name))
        || name.startsWith("org.apache.zookeeper.")
        || name.startsWith("org.apache.jute.")
        || name.startsWith("org.apache.curator.");
  }

  /** What both sides speak of. */
  private static boolean isShared(String name) {
    return name.startsWith("org.lockex.simulation.jvm.Play");
  }

  /** These would be called in the place of themselves. */
  private static boolean isClock(String name) {
    return name.startsWith("org.lockex.simulation.jvm.");
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!isOurs(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (stream == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = stream.readAllBytes();
      bytes = isClock(name) ? bytes : Rewriting.of(bytes);
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /**
   * What is to be played with the real code.
   *
   * @param name of a class with a constructor without parameters
   */
  public Play play(String name) {
    try {
      return (Play) loadClass(name).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
