package org.lockex.lock.queue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.zookeeper.server.quorum.QuorumPacket;

/**
 * The connection of a follower to its leader, on which the follower's acknowledgements can be held
 * back while all else passes: to the ensemble its disk is as slow as that.
 */
final class FollowerLink extends Relay {
  /** ZooKeeper's {@code Leader.ACK}. */
  private static final int ACK = 3;

  /** No path that a test waits for is longer. */
  private static final int OVERLAP = 256;

  // Guarded by this:
  private String from = "";
  private boolean holds;
  private final List<Runnable> held = new ArrayList<>();

  FollowerLink(int leader) throws IOException {
    super(leader);
  }

  /** Holds them back as soon as a proposal comes by whose path has this part. */
  synchronized void holdAcksFrom(String part) {
    from = part;
  }

  synchronized boolean holds() {
    return holds;
  }

  synchronized void releaseAcks() {
    from = "";
    holds = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  @Override
  void copy(InputStream in, OutputStream out, boolean toLeader)
      throws IOException, InterruptedException {
    if (toLeader) {
      copyPackets(in, out);
    } else {
      copyProposals(in, out);
    }
  }

  /** Not read packet by packet: a snapshot that the leader sends is none. */
  private void copyProposals(InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[65536];
    String last = "";
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      pass();
      last += new String(buffer, 0, n, ISO_8859_1);
      synchronized (this) {
        holds |= !from.isEmpty() && last.contains(from);
      }
      last = last.substring(Math.max(0, last.length() - OVERLAP));
      out.write(buffer, 0, n);
    }
  }

  private void copyPackets(InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    BinaryInputArchive packets =
        new BinaryInputArchive(new DataInputStream(new BufferedInputStream(in)));
    while (true) {
      QuorumPacket packet = new QuorumPacket();
      try {
        packets.readRecord(packet, "packet");
      } catch (EOFException e) {
        return;
      }
      pass();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryOutputArchive.getArchive(bytes).writeRecord(packet, "packet");
      synchronized (this) {
        if (holds && packet.getType() == ACK) {
          held.add(() -> write(bytes, out));
        } else {
          bytes.writeTo(out);
        }
      }
    }
  }

  private static void write(ByteArrayOutputStream bytes, OutputStream out) {
    try {
      bytes.writeTo(out);
    } catch (IOException e) {
      // A leader that waited too long has closed the connection: nobody misses the answer.
    }
  }
}
