package org.lockex.simulation.jvm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.apache.jute.Record;
import org.apache.zookeeper.proto.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.lockex.security.Rival;

/** A TCP connection to a server, as the client's end sees it. */
public interface Link extends Rival {
  /** Opens links for whatever runs in a world. */
  interface Network {
    /**
     * Begins to connect.
     *
     * @param from whose link it is
     * @param wake called whenever there is news
     */
    Link open(SimulatedJvm from, InetSocketAddress to, Runnable wake);
  }

  /** Whether it stands, for the first time this is asked. */
  boolean takeEstablished();

  /** Whether something came that was not seen yet. */
  boolean hasNews();

  /** The next answer or event; null if there is none. */
  @Nullable ByteBuffer poll();

  /** Fails if it was refused or closed. */
  void requireOpen() throws IOException;

  /**
   * Sends a request.
   *
   * @param header null for the request for a session
   */
  void send(@Nullable RequestHeader header, Record request);
}
